"""GET /metrics: for a monitoring system, which brings a token; without one set, for this machine alone."""

import hmac
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, generate_latest

from deskpost import minutes
from deskpost.console.metrics.families import Families

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP")
_SAY_WHO = (
    "The metrics need a token. To do: let the monitoring system send the header "
    "Authorization: Bearer with what DESKPOST_METRICS_TOKEN holds on this machine.\n"
)
_HERE_ALONE = (
    "The metrics are given to this machine alone while no token is set. To do: set DESKPOST_METRICS_TOKEN "
    "for deskpost web, and let the monitoring system send it as a bearer token.\n"
)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Give all metrics in the text format 0.0.4, read from the database now."""
    refused = _refused(request)
    if refused is not None:
        return refused
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Families(minutes.present()))
    return HttpResponse(
        generate_latest(registry), content_type=CONTENT_TYPE, headers={"Cache-Control": "no-store"}
    )


def _refused(request: HttpRequest) -> HttpResponse | None:
    """Give the answer to who may not read the metrics, None to who may."""
    token = settings.METRICS_TOKEN
    if token:
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), token.encode()):
            return None
        answer = HttpResponse(_SAY_WHO, status=401, content_type="text/plain; charset=utf-8")
        answer.headers["WWW-Authenticate"] = 'Bearer realm="Deskpost metrics"'
        return answer
    if _is_of_this_machine(request):
        return None
    return HttpResponse(_HERE_ALONE, status=403, content_type="text/plain; charset=utf-8")


def _is_of_this_machine(request: HttpRequest) -> bool:
    """Tell whether the request was made on this machine, and by nobody behind a web server that runs on it."""
    if any(name in request.headers for name in _FORWARDED):
        return False
    try:
        return ip_address(str(request.META.get("REMOTE_ADDR", ""))).is_loopback
    except ValueError:
        return False
