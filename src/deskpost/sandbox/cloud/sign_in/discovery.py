"""The documents that tell clients where everything is: OpenID configuration, keys, and Microsoft's instances."""

from urllib.parse import urlsplit

from deskpost.sandbox.cloud import hosts
from deskpost.sandbox.cloud.exchange import Request, Response, of_json
from deskpost.sandbox.cloud.sign_in.errors import SignInRefused
from deskpost.sandbox.cloud.sign_in.state import OPEN_TENANTS, SignIn, tenant_of

LOOPBACK = ("127.0.0.1", "localhost")


def configuration(sign_in: SignIn, request: Request) -> Response:
    """Answer the OpenID configuration of a tenant, at the host that was asked."""
    tenant = tenant_of(request)
    identity = sign_in.known_tenant(tenant)
    shared = tenant.lower() in OPEN_TENANTS
    place = f"{request.base}/{tenant.lower() if shared else identity}"
    cloud = hosts.cloud_of(request.host)
    graph = request.base if request.host in LOOPBACK else f"https://{cloud.graph}"
    return of_json(
        {
            "token_endpoint": f"{place}/oauth2/v2.0/token",
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
            "jwks_uri": f"{place}/discovery/v2.0/keys",
            "response_modes_supported": ["query", "fragment", "form_post"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "response_types_supported": ["code"],
            "code_challenge_methods_supported": ["S256", "plain"],
            "scopes_supported": ["openid", "profile", "email", "offline_access"],
            "issuer": f"{request.base}/{'{tenantid}' if shared else identity}/v2.0",
            "request_uri_parameter_supported": False,
            "userinfo_endpoint": f"{graph}/oidc/userinfo",
            "authorization_endpoint": f"{place}/oauth2/v2.0/authorize",
            "device_authorization_endpoint": f"{place}/oauth2/v2.0/devicecode",
            "introspection_endpoint": f"{place}/oauth2/v2.0/introspect",
            "claims_supported": [
                "sub",
                "iss",
                "aud",
                "exp",
                "iat",
                "nonce",
                "preferred_username",
                "name",
                "tid",
                "email",
            ],
            "tenant_region_scope": None if shared else "EU",
            "cloud_instance_name": cloud.name,
            "msgraph_host": cloud.graph,
        }
    )


def keys(sign_in: SignIn, request: Request) -> Response:
    """Answer the public keys that id tokens are signed with."""
    sign_in.known_tenant(tenant_of(request))
    return of_json({"keys": [sign_in.key.public]})


def instance(request: Request) -> Response:
    """Answer whether a sign-in host is one of Microsoft's, and which names are the same to it."""
    asked = urlsplit(request.values().get("authorization_endpoint", ""))
    host, tenant = asked.hostname or "", asked.path.strip("/").split("/")[0]
    if host not in (*hosts.SIGN_IN, *LOOPBACK) or not tenant:
        raise SignInRefused(50049)
    metadata = [
        {"preferred_network": one.sign_in[0], "preferred_cache": one.sign_in[0], "aliases": list(one.sign_in)}
        for one in {cloud.sign_in[0]: cloud for cloud in reversed(hosts.CLOUDS)}.values()
    ]
    document = f"https://{asked.netloc}/{tenant}/v2.0/.well-known/openid-configuration"
    return of_json({"tenant_discovery_endpoint": document, "api-version": "1.1", "metadata": metadata})
