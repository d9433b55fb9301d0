"""Where Microsoft Graph tells of new mail: no page, no session, no form. Answered at once, whatever it is about.

https://learn.microsoft.com/en-us/graph/change-notifications-delivery-webhooks
"""

import json

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from deskpost.inbound.push import notified

LARGEST = 1024 * 1024  # bytes of one request
_LONGEST_TOKEN = 4096


@csrf_exempt  # it carries no session; each notification holds the secret of its subscription
@require_POST
def graph_notifications(request: HttpRequest) -> HttpResponse:
    """Prove to Graph that somebody listens, or take in what it tells."""
    token = request.GET.get("validationToken")
    if token is not None:
        if len(token) > _LONGEST_TOKEN:
            return HttpResponse(status=400)
        return HttpResponse(token, content_type="text/plain; charset=utf-8")
    body = request.read(LARGEST + 1)
    if len(body) > LARGEST:
        return HttpResponse(status=413)
    try:
        told = json.loads(body)["value"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return HttpResponse(status=400)
    notified.take_in(told if isinstance(told, list) else [])
    return HttpResponse(status=202)
