"""The few pages that a person sees when signing in to the sandbox."""

from collections.abc import Mapping, Sequence
from html import escape

from deskpost.sandbox.cloud.exchange import Request, Response
from deskpost.sandbox.cloud.scopes import Wanted
from deskpost.sandbox.cloud.store import Mailbox

STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0; background: light-dark(#f3f4f6, #15171a); color: light-dark(#1b1f24, #e8eaed); }
main { max-inline-size: 28rem; margin: 10vh auto; padding: 2rem; border-radius: .5rem;
  background: light-dark(#fff, #202327); border: 1px solid light-dark(#d5d9df, #3a3f45); }
h1 { font-size: 1.375rem; margin: 0 0 1rem; }
p, li { overflow-wrap: anywhere; }
fieldset { border: 0; padding: 0; margin: 1rem 0; }
legend { font-weight: 600; padding: 0; }
label { display: block; padding: .375rem 0; }
input[name=user_code] { font: inherit; inline-size: 100%; box-sizing: border-box; padding: .5rem; }
button { font: inherit; min-block-size: 2.75rem; padding: .5rem 1.25rem; margin-inline-end: .25rem;
  border: 1px solid light-dark(#8a9099, #7b828a); border-radius: .375rem; cursor: pointer;
  background: transparent; color: inherit; }
button[value=approve] { background: #1a5fb4; border-color: #1a5fb4; color: #fff; }
.note { color: light-dark(#555c66, #a9b0b8); font-size: .875rem; }
"""


def page(title: str, content: str, status: int = 200) -> Response:
    """Give a page. `content` is HTML."""
    text = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style></head>'
        f"<body><main><h1>{escape(title)}</h1>{content}</main></body></html>"
    )
    headers = {"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store"}
    return Response(status, text.encode(), headers)


def trouble(words: str) -> Response:
    """Give the page of a sign-in that cannot go on."""
    return page("Sign-in did not work", f"<p>{escape(words)}</p>", 400)


def consent(
    request: Request, mailboxes: Sequence[Mailbox], wanted: Wanted, asked: Mapping[str, str]
) -> Response:
    """Give the page that asks whose mailbox it is, and whether the application may."""
    if not mailboxes:
        return trouble("The sandbox has no mailbox that could sign in. To do: make one with the admin API.")
    scopes = "".join(f"<li><code>{escape(one)}</code></li>" for one in wanted.asked)
    content = (
        f"<p>The application <strong>{escape(asked['client_id'])}</strong> asks for:</p><ul>{scopes}</ul>"
        f'<form method="post" action="{escape(f"{request.path}?{request.query}")}">'
        f"{_choice(mailboxes, asked.get('login_hint', ''))}{_BUTTONS}</form>"
        f'<p class="note">This is the sandbox\'s sign-in. It leads back to {escape(asked["redirect_uri"])}.</p>'
    )
    return page("Sign in and approve", content)


def admin_consent(request: Request, wanted: Wanted, asked: Mapping[str, str]) -> Response:
    """Give the page that asks an administrator whether the application may sign in on its own."""
    scopes = "".join(f"<li><code>{escape(one)}</code></li>" for one in wanted.asked)
    content = (
        f"<p>The application <strong>{escape(asked['client_id'])}</strong> asks, for your organisation, for:</p>"
        f'<ul>{scopes}</ul><form method="post" action="{escape(f"{request.path}?{request.query}")}">{_BUTTONS}</form>'
        f'<p class="note">This is the sandbox\'s sign-in. It leads back to {escape(asked["redirect_uri"])}.</p>'
    )
    return page("Approve for the organisation", content)


def device(mailboxes: Sequence[Mailbox], code: str) -> Response:
    """Give the page on which a device's code is entered."""
    field = f'<label>Code of the device<input name="user_code" value="{escape(code)}" required></label>'
    return page("Sign in a device", f'<form method="post">{field}{_choice(mailboxes, "")}{_BUTTONS}</form>')


_BUTTONS = (
    '<button name="answer" value="approve">Approve</button> '
    '<button name="answer" value="cancel" formnovalidate>Cancel</button>'
)


def _choice(mailboxes: Sequence[Mailbox], hint: str) -> str:
    known = {one.address for one in mailboxes}
    chosen = hint.lower() if hint.lower() in known else mailboxes[0].address if mailboxes else ""
    lines = "".join(
        f'<label><input type="radio" name="mailbox" value="{escape(one.address)}" required'
        f"{' checked' if one.address == chosen else ''}> {escape(one.name)} ({escape(one.address)})</label>"
        for one in mailboxes
    )
    return f"<fieldset><legend>Which mailbox signs in</legend>{lines}</fieldset>"
