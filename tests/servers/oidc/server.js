// npm's oidc-provider with one application, and a page to consent on. Told what to serve as JSON in its one argument.
import { createServer } from 'node:https'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

// Its packages are below the working directory and not beside this file.
const found = createRequire(pathToFileURL(`${process.cwd()}/`)).resolve('oidc-provider')
const { Provider } = await import(pathToFileURL(found))

const told = JSON.parse(process.argv[2])

const provider = new Provider(`https://localhost:${told.port}`, {
  clients: [{
    client_id: told.client_id,
    client_secret: told.client_secret,
    redirect_uris: [told.redirect_url],
    grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
    response_types: ['code'],
    scope: 'openid offline_access email mail'
  }],
  scopes: ['openid', 'offline_access', 'email', 'mail', 'admin'],
  claims: { openid: ['sub'], email: ['email', 'email_verified'] },
  conformIdTokenClaims: false, // else only its userinfo tells who consented
  findAccount: (context, address) => ({
    accountId: address,
    claims: () => ({ sub: address, email: address, email_verified: true })
  }),
  pkce: { required: () => true, methods: ['S256'] },
  rotateRefreshToken: true,
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    revocation: { enabled: true },
    introspection: { enabled: true }
  },
  interactions: { url: (context, interaction) => `/consent/${interaction.uid}` },
  ttl: { AccessToken: told.lasts, ClientCredentials: told.lasts, Interaction: 600, Session: 600, Grant: 600 },
  cookies: { keys: [told.client_secret] }
})

async function consent (request, response) {
  const { prompt, params } = await provider.interactionDetails(request, response)
  if (request.method === 'GET') {
    response.setHeader('Content-Type', 'text/html; charset=utf-8')
    response.end('<!doctype html><title>Consent</title><form method="post"><input name="mailbox"><button>OK</button></form>')
    return
  }
  let body = ''
  for await (const piece of request) body += piece
  const said = new URLSearchParams(body)
  if (said.get('answer') === 'cancel') {
    await provider.interactionFinished(request, response, { error: 'access_denied', error_description: 'End-User aborted' })
    return
  }
  const grant = new provider.Grant({ accountId: said.get('mailbox'), clientId: params.client_id })
  grant.addOIDCScope(params.scope)
  const grantId = await grant.save()
  await provider.interactionFinished(request, response, { login: { accountId: said.get('mailbox') }, consent: { grantId } })
}

const serve = provider.callback()
createServer({ cert: readFileSync(told.certificate), key: readFileSync(told.key) }, (request, response) => {
  if (!request.url.startsWith('/consent/')) return serve(request, response)
  consent(request, response).catch((trouble) => {
    response.statusCode = 400
    response.end(String(trouble))
  })
}).listen(told.port, '127.0.0.1')
