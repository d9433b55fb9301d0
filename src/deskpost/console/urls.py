"""The addresses of the pages."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, path
from django.views.generic import RedirectView

from deskpost.console import (
    attachments,
    first_administrator,
    help,
    mail_state,
    mail_way,
    messages,
    new_request,
    outside_world,
    request,
    requests,
    sign_in,
    styleguide,
)

handler400 = "deskpost.console.errors.bad_request"
handler403 = "deskpost.console.errors.forbidden"
handler404 = "deskpost.console.errors.not_found"
handler500 = "deskpost.console.errors.fault"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", RedirectView.as_view(pattern_name="requests"), name="home"),
    path("requests/", requests.requests, name="requests"),
    path("requests/news/", requests.news, name="request_news"),
    path("requests/new/", new_request.new_request, name="new_request"),
    path("requests/<int:number>/", request.request, name="request"),
    path("requests/<int:number>/reply/", request.reply, name="request_reply"),
    path("requests/<int:number>/properties/", request.properties, name="request_properties"),
    path("requests/<int:number>/newer/", request.newer, name="request_newer"),
    path("requests/<slug:name>/", requests.by_name, name="request_by_name"),
    path("messages/<int:id>/html/", messages.message_html, name="message_html"),
    path("messages/<int:id>/way/", mail_way.mail_way, name="mail_way"),
    path("messages/<int:id>/state/", mail_state.mail_state, name="mail_state"),
    path("attachments/", attachments.attachments, name="attachments"),
    path("attachments/<int:id>/", attachments.attachment, name="attachment"),
    path("sign-in/", sign_in.sign_in, name="sign_in"),
    path("sign-out/", sign_in.sign_out, name="sign_out"),
    path("first/<str:token>/", first_administrator.first_administrator, name="first_administrator"),
    path("help/", help.help, name="help"),
    path("help/pictures/<str:name>", help.help_picture, name="help_picture"),
    path("help/<slug:page>/", help.help_page, name="help_page"),
]
if settings.DEMO:
    urlpatterns.append(path("outside/", outside_world.outside_world, name="outside_world"))
if settings.DEBUG or settings.DEMO:
    urlpatterns.append(path("styleguide/", styleguide.styleguide, name="styleguide"))
