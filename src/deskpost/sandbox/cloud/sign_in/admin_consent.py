"""The page on which an organisation's administrator lets an application sign in on its own."""

from urllib.parse import urlencode

from deskpost.sandbox.cloud.exchange import Request, Response
from deskpost.sandbox.cloud.sign_in import pages
from deskpost.sandbox.cloud.sign_in.authorize import check_application
from deskpost.sandbox.cloud.sign_in.errors import SignInRefused
from deskpost.sandbox.cloud.sign_in.state import SignIn, tenant_of
from deskpost.sandbox.cloud.sign_in.token import wanted_of

DENIED = "The admin canceled the request"


def admin_consent(sign_in: SignIn, request: Request) -> Response:
    """Show the page, or lead back to the application with what was answered to it."""
    asked = request.values()
    try:
        check_application(sign_in, request, asked)
        if "scope" not in asked:
            raise SignInRefused(900144, parameter="scope")
        wanted = wanted_of(request, asked["scope"])
    except SignInRefused as refused:
        return pages.trouble(refused.words())
    answer = request.form().get("answer") if request.method == "POST" else asked.get("sandbox_answer")
    if answer is None:
        return pages.admin_consent(request, wanted, asked)
    tenant = sign_in.known_tenant(tenant_of(request))
    told = {"admin_consent": "True", "tenant": tenant}
    if answer == "approve":
        sign_in.cloud.tokens.consent(asked["client_id"], None, wanted.permissions)
        told["scope"] = " ".join(sorted(wanted.permissions))
    else:
        told |= {"error": "permission_denied", "error_description": DENIED}
    if "state" in asked:
        told["state"] = asked["state"]
    mark = "&" if "?" in asked["redirect_uri"] else "?"
    where = f"{asked['redirect_uri']}{mark}{urlencode(told)}"
    return Response(
        303 if request.method == "POST" else 302, b"", {"Location": where, "Cache-Control": "no-store"}
    )
