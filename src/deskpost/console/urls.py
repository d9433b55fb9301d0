"""The addresses of the pages."""

from collections.abc import Callable

from django.conf import settings
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver, path, register_converter
from django.views.generic import RedirectView

from deskpost.console import (
    admin,
    attachment_settings,
    attachments,
    bell,
    first_administrator,
    held_acts,
    help,
    mail_state,
    mail_way,
    merge_acts,
    messages,
    move_acts,
    new_request,
    notification_rules,
    outbox,
    outbox_bulk,
    outbox_queue,
    outside_world,
    proxy,
    push,
    request,
    request_answers,
    requester,
    requests,
    sender_acts,
    settings_export,
    settings_history,
    sign_in,
    spam_acts,
    styleguide,
    trace,
    trace_acts,
    trace_chosen,
    trace_mail,
)
from deskpost.console.accounts import account_form, accounts
from deskpost.console.assistant import sign_in as setup_sign_in
from deskpost.console.assistant import views as setup
from deskpost.console.mail_flow import page as mail_flow
from deskpost.console.mail_settings import (
    connect,
    consent_link,
    consent_page,
    debug,
    delimiters,
    error_acts,
    error_folder,
    fetching,
    former_token,
    incoming,
    mailbox,
    other,
    outgoing,
    senders,
    sending,
    server_sample,
)
from deskpost.console.mail_settings.spam import rule as spam_rule
from deskpost.console.mail_settings.spam import rules as spam_rules
from deskpost.console.metrics import page as metrics
from deskpost.console.people import grants, groups, people, person_form, roles
from deskpost.console.records import ModuleConverter, listing
from deskpost.console.records import new as new_record
from deskpost.console.records import record as record_page
from deskpost.console.request_templates import resources as template_resources
from deskpost.console.request_templates import templates

handler400 = "deskpost.console.errors.bad_request"
handler403 = "deskpost.console.errors.forbidden"
handler404 = "deskpost.console.errors.not_found"
handler500 = "deskpost.console.errors.fault"

register_converter(ModuleConverter, "module")
_View = Callable[..., HttpResponseBase]


def _below(start: str, *routes: tuple[str, _View, str]) -> list[URLPattern]:
    """Give routes whose addresses begin alike: how each goes on, its view and its name."""
    return [path(f"{start}{rest}", view, name=name) for rest, view, name in routes]


urlpatterns: list[URLPattern | URLResolver] = [
    path("", RedirectView.as_view(pattern_name="requests"), name="home"),
    path("requests/", requests.requests, name="requests"),
    path("requests/news/", requests.news, name="request_news"),
    path("requests/new/", new_request.new_request, name="new_request"),
    path("requests/new/fields/", new_request.fields, name="new_request_fields"),
    path("requests/merge/", merge_acts.merge_chosen, name="requests_merge"),
    path("requests/<int:number>/", request.request, name="request"),
    path("requests/<int:number>/reply/", request.reply, name="request_reply"),
    path("requests/<int:number>/properties/", request.properties, name="request_properties"),
    path("requests/<int:number>/newer/", request.newer, name="request_newer"),
    path("requests/<int:number>/held/<int:id>/accept/", held_acts.accept, name="held_accept"),
    path("requests/<int:number>/spam/", spam_acts.request_spam, name="request_spam"),
    *_below(
        "requests/<int:number>/",
        ("merge/", merge_acts.merge, "request_merge"),
        ("merge/back/", merge_acts.take_back, "request_merge_back"),
        ("move/", move_acts.move, "request_move"),
        ("unlink/", merge_acts.unlink, "request_unlink"),
        ("answers/", request_answers.answers, "request_answers"),
        ("requester/", requester.change, "request_requester"),
        ("requester/back/", requester.back, "request_requester_back"),
    ),
    path("requests/<slug:name>/", requests.by_name, name="request_by_name"),
    *_below(
        "records/<module:module>/",
        ("", listing.records, "records"),
        ("new/", new_record.new, "record_new"),
        ("<int:number>/", record_page.record, "record"),
        ("<int:number>/reply/", record_page.reply, "record_reply"),
        ("<int:number>/properties/", record_page.properties, "record_properties"),
        ("<int:number>/newer/", request.newer, "record_newer"),
        ("<int:number>/held/<int:id>/accept/", held_acts.accept, "record_held_accept"),
    ),
    path("messages/<int:id>/html/", messages.message_html, name="message_html"),
    path("messages/<int:id>/way/", mail_way.mail_way, name="mail_way"),
    path("messages/<int:id>/state/", mail_state.mail_state, name="mail_state"),
    path("mail-flow/", mail_flow.mail_flow, name="mail_flow"),
    path("trace/", trace.trace, name="trace"),
    path("trace/chosen/", trace_chosen.chosen, name="trace_chosen"),
    path("trace/<int:id>/", trace_mail.trace_mail, name="trace_mail"),
    path("trace/<int:id>/source/", trace_mail.source, name="trace_source"),
    path("trace/<int:id>/file/", trace_mail.file, name="trace_file"),
    path("trace/<int:id>/move/", trace_acts.move, name="trace_move"),
    path("trace/<int:id>/own/", trace_acts.own, name="trace_own"),
    path("trace/<int:id>/accept/", sender_acts.accept, name="trace_accept"),
    path("trace/<int:id>/refuse/", sender_acts.refuse, name="trace_refuse"),
    path("trace/<int:id>/again/", trace_acts.again, name="trace_again"),
    path("trace/<int:id>/take-in/", trace_acts.take_in, name="trace_take_in"),
    path("outbox/", outbox.outbox, name="outbox"),
    path("outbox/decide/", outbox_bulk.outbox_decide, name="outbox_decide"),
    path("outbox/through/", outbox_queue.outbox_queue, name="outbox_queue"),
    path("outbox/<int:id>/", outbox.outbox_mail, name="outbox_mail"),
    path("outbox/<int:id>/retry/", outbox.retry, name="outbox_retry"),
    path("outbox/<int:id>/cancel/", outbox.cancel, name="outbox_cancel"),
    path("outbox/<int:id>/look/", outbox.look, name="outbox_look"),
    path("outbox/<int:id>/was-sent/", outbox.was_sent, name="outbox_was_sent"),
    path("outbox/<int:id>/through/", outbox.through, name="outbox_through"),
    path("outbox/servers/<int:id>/pause/", outbox.pause, name="outbox_pause"),
    path("outbox/servers/<int:id>/resume/", outbox.resume, name="outbox_resume"),
    path("bell/", bell.bell, name="bell"),
    path("bell/count/", bell.bell_count, name="bell_count"),
    path("bell/read/", bell.bell_read, name="bell_read"),
    path("bell/<int:id>/seen/", bell.bell_seen, name="bell_seen"),
    path("attachments/", attachments.attachments, name="attachments"),
    path("attachments/<int:id>/", attachments.attachment, name="attachment"),
    path("admin/", admin.all_settings, name="all_settings"),
    path("admin/history/", settings_history.history, name="settings_history"),
    path("admin/history/export/", settings_export.export, name="settings_export"),
    path("admin/history/restore/", settings_history.restore, name="settings_restore"),
    path("admin/notification-rules/", notification_rules.notification_rules, name="notification_rules"),
    *_below(
        "admin/notification-rules/",
        ("technicians/add/", notification_rules.add, "notification_rule_add"),
        ("technicians/remove/", notification_rules.remove, "notification_rule_remove"),
        ("<slug:event>/", notification_rules.notification_rule, "notification_rule"),
        ("<slug:event>/switch/", notification_rules.switch, "notification_rule_switch"),
    ),
    path("admin/proxy/", proxy.proxy, name="proxy"),
    path("admin/attachment-settings/", attachment_settings.attachment_settings, name="attachment_settings"),
    path("admin/accounts/", accounts.accounts, name="accounts"),
    path("admin/accounts/new/", account_form.account_new, name="account_new"),
    *_below(
        "admin/accounts/<int:id>/",
        ("", accounts.account, "account"),
        ("edit/", account_form.account_edit, "account_edit"),
        ("remove/", account_form.account_remove, "account_remove"),
        ("bring-back/", accounts.account_bring_back, "account_bring_back"),
    ),
    path("admin/people/", people.people, name="people"),
    path("admin/people/new/", person_form.new, name="person_new"),
    *_below(
        "admin/people/<int:id>/",
        ("", people.person, "person"),
        ("edit/", person_form.edit, "person_edit"),
        ("remove/", person_form.remove, "person_remove"),
        ("roles/add/", grants.add, "person_grant_add"),
        ("roles/remove/", grants.remove, "person_grant_remove"),
    ),
    path("admin/roles/", roles.roles, name="roles"),
    path("admin/roles/new/", roles.new, name="role_new"),
    path("admin/roles/<int:id>/", roles.role, name="role"),
    path("admin/roles/<int:id>/remove/", roles.remove, name="role_remove"),
    path("admin/groups/", groups.groups, name="groups"),
    path("admin/groups/new/", groups.new, name="group_new"),
    path("admin/groups/<int:id>/", groups.group, name="group"),
    path("admin/groups/<int:id>/remove/", groups.remove, name="group_remove"),
    path("admin/templates/", templates.templates, name="templates"),
    path("admin/templates/new/", templates.new, name="template_new"),
    path("admin/templates/resources/<int:id>/", template_resources.resource, name="template_resource"),
    *_below(
        "admin/templates/<int:id>/",
        ("", templates.template, "template"),
        ("resources/", template_resources.resources, "template_resources"),
        ("closing/", templates.closing, "template_closing"),
        ("offered/", templates.offered, "template_offered"),
        ("default/", templates.make_default, "template_default"),
        ("remove/", templates.remove, "template_remove"),
    ),
    path("admin/mail-server-settings/incoming/", incoming.incoming, name="incoming"),
    path("admin/mail-server-settings/incoming/new/", mailbox.incoming_new, name="incoming_new"),
    *_below(
        "admin/mail-server-settings/incoming/<int:id>/",
        ("", mailbox.incoming_mailbox, "incoming_mailbox"),
        ("start/", fetching.start, "incoming_start"),
        ("stop/", fetching.stop, "incoming_stop"),
        ("try/", fetching.try_mailbox, "incoming_try"),
        ("remove/", mailbox.incoming_remove, "incoming_remove"),
        ("debug/", debug.of_mailbox, "incoming_debug"),
        ("connect/", connect.incoming_connect, "incoming_connect"),
        ("link/", consent_link.incoming_link, "incoming_link"),
    ),
    path("admin/mail-server-settings/spam-filter/", spam_rules.rules, name="spam_rules"),
    path("admin/mail-server-settings/spam-filter/new/", spam_rule.new, name="spam_rule_new"),
    *_below(
        "admin/mail-server-settings/spam-filter/<int:id>/",
        ("", spam_rule.rule, "spam_rule"),
        ("move/", spam_rules.move, "spam_rule_move"),
        ("switch/", spam_rules.switch, "spam_rule_switch"),
        ("remove/", spam_rules.remove, "spam_rule_remove"),
    ),
    path("admin/mail-server-settings/error-folder/", error_folder.error_folder, name="error_folder"),
    *_below(
        "admin/mail-server-settings/error-folder/",
        ("again/", error_acts.again, "error_again"),
        ("download/", error_acts.download_all, "error_download_all"),
        ("<int:id>/total/", error_folder.total, "error_total"),
        ("<int:id>/move/", error_folder.move, "error_move"),
        ("mail/<int:id>/", error_acts.details, "error_details"),
        ("<int:id>/download/", error_acts.download, "error_download"),
    ),
    path("admin/mail-server-settings/delimiters/", delimiters.delimiters, name="delimiters"),
    *_below(
        "admin/mail-server-settings/delimiters/former/",
        ("new/", former_token.new, "former_token_new"),
        ("<int:id>/", former_token.former_token, "former_token"),
        ("<int:id>/remove/", former_token.remove, "former_token_remove"),
    ),
    path("admin/mail-server-settings/senders/", senders.senders, name="senders"),
    path("admin/mail-server-settings/other/", other.other, name="connectivity"),
    path("admin/mail-server-settings/outgoing/", outgoing.outgoing, name="outgoing"),
    path("admin/mail-server-settings/outgoing/port/", outgoing.outgoing_port, name="outgoing_port"),
    *_below(
        "admin/mail-server-settings/outgoing/<slug:scope>/",
        ("", outgoing.outgoing_server, "outgoing_server"),
        ("sample/", server_sample.outgoing_sample, "outgoing_sample"),
        ("test/", server_sample.outgoing_test, "outgoing_test"),
        ("primary/", sending.outgoing_primary, "outgoing_primary"),
        ("pause/", sending.outgoing_pause, "outgoing_pause"),
        ("resume/", sending.outgoing_resume, "outgoing_resume"),
        ("try/", sending.outgoing_try, "outgoing_try"),
        ("remove/", sending.outgoing_remove, "outgoing_remove"),
        ("debug/", debug.of_server, "outgoing_debug"),
        ("connect/", connect.outgoing_connect, "outgoing_connect"),
        ("link/", consent_link.outgoing_link, "outgoing_link"),
    ),
    path("setup/", setup.setup, name="setup"),
    path("setup/<int:question>/", setup.question, name="setup_question"),
    path("setup/tests/", setup_sign_in.tests, name="setup_tests"),
    path("setup/news/", setup_sign_in.news, name="setup_news"),
    path("setup/anew/", setup.anew, name="setup_anew"),
    path("oauth/back", consent_page.oauth_back, name="oauth_back"),
    path("consent/", consent_page.consent, name="consent"),
    path("consent/<path:token>", consent_page.opened, name="consent_link"),
    path("sign-in/", sign_in.sign_in, name="sign_in"),
    path("sign-out/", sign_in.sign_out, name="sign_out"),
    path("first/<str:token>/", first_administrator.first_administrator, name="first_administrator"),
    path("metrics", metrics.metrics, name="metrics"),
    path("push/graph/", push.graph_notifications, name="push_graph"),
    path("push/graph/lifecycle/", push.graph_notifications, name="push_graph_lifecycle"),
    path("help/", help.help, name="help"),
    path("help/pictures/<str:name>", help.help_picture, name="help_picture"),
    path("help/<slug:page>/", help.help_page, name="help_page"),
]
if settings.DEMO:
    urlpatterns.append(path("outside/", outside_world.outside_world, name="outside_world"))
if settings.DEBUG or settings.DEMO:
    urlpatterns.append(path("styleguide/", styleguide.styleguide, name="styleguide"))
