"""Graph mail, asked as its documentation says: folders, messages, drafts, sending, refusals."""

import base64
from email import message_from_bytes, policy

import pytest

from deskpost.sandbox.cloud.cloud import Fault
from tests.outbound.builders import wait_until

from .graph_world import CUSTOMER, DESK, IMMUTABLE, SHARED, World, mail


@pytest.fixture
def world() -> World:
    return World()


def test_a_message_tells_what_its_mime_says(world: World) -> None:
    raw = mail("Grüße aus Köln", text="It smokes.\n", References="<root@x> <other@x>", X_Ticket="7")
    item = world.cloud.store.deliver(world.desk, raw)
    found = world.get(f"/me/messages/{item.id}")
    assert found["subject"] == "Grüße aus Köln"
    assert found["from"] == {"emailAddress": {"name": "Ute Sommer", "address": CUSTOMER}}
    assert found["toRecipients"] == [{"emailAddress": {"name": DESK, "address": DESK}}]
    assert found["body"] == {"contentType": "text", "content": "It smokes."}
    assert (found["bodyPreview"], found["isRead"], found["isDraft"]) == ("It smokes.", False, False)
    assert found["@odata.etag"] == f'W/"{found["changeKey"]}"'
    assert "/messages/$entity" in found["@odata.context"]
    headers = world.get(f"/me/messages/{item.id}?$select=internetMessageHeaders")["internetMessageHeaders"]
    assert {"name": "X-Ticket", "value": "7"} in headers
    assert world.ask("GET", f"/me/messages/{item.id}/$value").response.body == raw


def test_a_list_is_filtered_sorted_and_paged_to_its_end(world: World) -> None:
    for number in range(25):
        world.cloud.store.deliver(world.desk, mail(f"Mail {number}"), is_read=number % 5 == 0)
    page = world.get(
        "/me/mailFolders/Inbox/messages?$filter=isRead eq false&$top=8&$count=true&$select=subject"
    )
    assert page["@odata.count"] == 20
    subjects = [one["subject"] for one in page["value"]]
    assert set(page["value"][0]) == {"@odata.etag", "id", "subject"}
    while "@odata.nextLink" in page:
        page = world.get(page["@odata.nextLink"])
        subjects += [one["subject"] for one in page["value"]]
    assert subjects == [f"Mail {number}" for number in reversed(range(25)) if number % 5]
    wanted = world.get("/me/messages/?$top=1")["value"][0]["internetMessageId"]
    both = f"internetMessageId eq '{wanted}' and (isRead eq true or receivedDateTime ge 2020-01-01T00:00:00Z)"
    assert [one["subject"] for one in world.get(f"/me/messages?$filter={both}")["value"]] == ["Mail 24"]
    oldest = "$filter=receivedDateTime ge 2020-01-01&$orderby=receivedDateTime&$top=1"
    assert world.get(f"/me/messages?{oldest}")["value"][0]["subject"] == "Mail 0"
    wrong = world.ask("GET", "/me/messages?$filter=isRead eq false&$orderby=receivedDateTime desc")
    assert (wrong.status, wrong.code) == (400, "InefficientFilter")
    assert world.ask("GET", "/me/messages?$filter=isRead maybe").code == "ErrorInvalidUrlQueryFilter"


def test_a_move_changes_the_id_unless_it_is_immutable(world: World) -> None:
    item = world.cloud.store.deliver(world.desk, mail())
    old = item.id
    [kept] = world.get("/me/mailFolders/inbox/messages", headers=IMMUTABLE)["value"]
    folder = world.ask("POST", "/me/mailFolders", {"displayName": "Done"}).json
    moved = world.ask("POST", f"/me/messages/{old}/move", {"destinationId": folder["id"]})
    assert moved.status == 201 and moved.json["id"] != old and moved.json["parentFolderId"] == folder["id"]
    gone = world.ask("GET", f"/me/messages/{old}")
    assert (gone.status, gone.code) == (404, "ErrorItemNotFound")
    back = world.ask("POST", f"/me/messages/{kept['id']}/move", {"destinationId": "inbox"}, headers=IMMUTABLE)
    assert back.json["id"] == kept["id"]
    assert world.ask("POST", "/me/mailFolders", {"displayName": "done"}).code == "ErrorFolderExists"
    assert "Done" in [one["displayName"] for one in world.get("/me/mailFolders?$top=50")["value"]]


def test_read_and_categories_are_changed_and_a_deletion_goes_to_deleted_items(world: World) -> None:
    item = world.cloud.store.deliver(world.desk, mail())
    changed = world.ask("PATCH", f"/me/messages/{item.id}", {"isRead": True, "categories": ["Red"]}).json
    assert (changed["isRead"], changed["categories"]) == (True, ["Red"])
    sealed = world.ask("PATCH", f"/me/messages/{item.id}", {"subject": "Other"})
    assert (sealed.status, sealed.code) == (400, "ErrorInvalidPropertyUpdateSentMessage")
    assert world.ask("DELETE", f"/me/messages/{item.id}").status == 204
    [deleted] = world.get("/me/mailFolders/deleteditems/messages")["value"]
    assert world.ask("DELETE", f"/me/messages/{deleted['id']}").status == 204
    assert world.desk.items == {}


def test_mime_is_sent_as_it_is_and_lies_in_sent_items(world: World) -> None:
    raw = mail("Answer", to=CUSTOMER, message_id="<own@contoso.example>").replace(
        f"Ute Sommer <{CUSTOMER}>".encode(), f"Desk <{DESK}>".encode(), 1
    )
    text = {"Content-Type": "text/plain"}
    sent = world.ask("POST", "/me/sendMail", body=base64.encodebytes(raw), headers=text)
    assert (sent.status, sent.response.body) == (202, b"")
    [(_, to, content)] = world.sent
    assert to == [CUSTOMER] and b"<own@contoso.example>" in content
    found = world.get(
        "/me/mailFolders/sentitems/messages?$filter=internetMessageId eq '<own@contoso.example>'"
    )
    assert len(found["value"]) == 1 and found["value"][0]["isRead"]
    broken = world.ask("POST", "/me/sendMail", body=b"%%%", headers=text)
    assert (broken.status, broken.code) == (400, "ErrorMimeContentInvalidBase64String")


def test_a_draft_with_threading_is_sent_under_its_immutable_id(world: World) -> None:
    data = {
        "subject": "RE: Printer",
        "body": {"contentType": "HTML", "content": "<p>Mended.</p>"},
        "toRecipients": [{"emailAddress": {"address": CUSTOMER, "name": "Ute Sommer"}}],
        "bccRecipients": [{"emailAddress": {"address": "boss@contoso.example"}}],
        "internetMessageHeaders": [{"name": "X-Deskpost-Loop", "value": "1"}],
        "singleValueExtendedProperties": [{"id": "String 0x1042", "value": "<first@customer.example>"}],
    }
    draft = world.ask("POST", "/me/messages", data, headers=IMMUTABLE)
    assert draft.status == 201 and draft.json["isDraft"]
    id = draft.json["id"]
    file = {
        "@odata.type": "#microsoft.graph.fileAttachment",
        "name": "Anhang ä.txt",
        "contentBytes": base64.b64encode(b"Hello World!").decode(),
    }
    attached = world.ask("POST", f"/me/messages/{id}/attachments", file, headers=IMMUTABLE)
    assert attached.status == 201 and attached.json["size"] == 12
    address = f"/me/messages/{id}/attachments/{attached.json['id']}/$value"
    assert world.ask("GET", address, headers=IMMUTABLE).response.body == b"Hello World!"
    assert world.ask("POST", f"/me/messages/{id}/send", headers=IMMUTABLE).status == 202
    copy = world.get(f"/me/messages/{id}?$expand=attachments", headers=IMMUTABLE)
    assert copy["parentFolderId"] == world.get("/me/mailFolders/sentitems")["id"]
    assert copy["hasAttachments"] and copy["attachments"][0]["name"] == "Anhang ä.txt"
    assert copy["bccRecipients"][0]["emailAddress"]["address"] == "boss@contoso.example"
    [(_, to, content)] = world.sent
    message = message_from_bytes(content, policy=policy.default)
    assert to == [CUSTOMER, "boss@contoso.example"] and message["bcc"] is None
    assert message["in-reply-to"] == "<first@customer.example>" and message["x-deskpost-loop"] == "1"
    assert "Mended." in message.get_body(("html",)).get_content()
    assert "Mended." in message.get_body(("plain",)).get_content()


def test_headers_that_do_not_begin_with_x_are_refused(world: World) -> None:
    headers = [{"name": "In-Reply-To", "value": "<a@b>"}]
    refused = world.ask("POST", "/me/messages", {"internetMessageHeaders": headers})
    assert (refused.status, refused.code) == (400, "InvalidInternetMessageHeader")


def test_a_reply_goes_to_who_wrote_and_belongs_to_the_thread(world: World) -> None:
    item = world.cloud.store.deliver(world.desk, mail(message_id="<first@customer.example>"))
    draft = world.ask("POST", f"/me/messages/{item.id}/createReply", {"comment": "We look."}).json
    assert draft["subject"] == "RE: Printer" and "We look." in draft["body"]["content"]
    assert [one["emailAddress"]["address"] for one in draft["toRecipients"]] == [CUSTOMER]
    assert draft["conversationId"] == world.get(f"/me/messages/{item.id}")["conversationId"]
    assert world.ask("POST", f"/me/messages/{item.id}/reply", {"comment": "Done."}).status == 202
    assert b"In-Reply-To: <first@customer.example>" in world.sent[0][2]


def test_broken_mails_are_told_and_forwarded(world: World) -> None:
    picture = (
        b'Content-Type: multipart/related; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n<img src="cid:p">'
        b"\r\n--b\r\nContent-Type: image/png; name=p.png\r\nContent-ID: <p>\r\nContent-Disposition: inline\r\n\r\nx"
    )
    broken = b"Subject: =?x?q?\xff?=\r\nFrom: ,;: <\xff@>\r\nContent-Type: text/html; charset=\x00\r\n\r\n<p>\xe4\x00"
    for raw in (picture, broken, b"", b"no header at all"):
        item = world.cloud.store.deliver(world.desk, raw)
        assert world.get(f"/me/messages/{item.id}?$expand=attachments")["id"] == item.id
        draft = world.ask("POST", f"/me/messages/{item.id}/createForward")
        assert draft.status == 201
        inline = [
            one["isInline"] for one in world.get(f"/me/messages/{draft.json['id']}/attachments")["value"]
        ]
        assert inline == ([True] if raw is picture else [])


def test_exchange_changes_what_its_habits_say(world: World) -> None:
    habits = world.cloud.habits
    habits.keep_message_id = habits.keep_x_headers = habits.keep_auto_submitted = habits.keep_from = False
    habits.send_twice, habits.late_sent_copy = True, 2.0
    raw = mail("Notice", to=CUSTOMER, message_id="<own@desk>", X_Mine="1", Auto_Submitted="auto-generated")
    text = {"Content-Type": "text/plain"}
    assert world.ask("POST", "/me/sendMail", body=base64.b64encode(raw), headers=text).status == 202
    assert world.get("/me/mailFolders/sentitems/messages")["value"] == []
    assert len(world.sent) == 2
    message = message_from_bytes(world.sent[0][2], policy=policy.default)
    assert message["message-id"] != "<own@desk>" and DESK in message["from"]
    assert message["x-mine"] is None and message["auto-submitted"] is None
    wait_until(lambda: len(world.get("/me/mailFolders/sentitems/messages")["value"]) == 1)


def test_the_31st_mail_of_a_minute_waits_and_is_not_refused(world: World) -> None:
    world.cloud.time_scale = 12.0  # a minute is five seconds
    data = {"message": {"subject": "x", "toRecipients": [{"emailAddress": {"address": CUSTOMER}}]}}
    assert {world.ask("POST", "/me/sendMail", data).status for _ in range(31)} == {202}
    assert len(world.sent) == 30
    wait_until(lambda: len(world.sent) == 31)


def test_what_a_token_may_not_do_is_refused_in_microsofts_words(world: World) -> None:
    nobody = world.ask("GET", "/me/messages", token="wrong")
    assert (nobody.status, nobody.code) == (401, "InvalidAuthenticationToken")
    assert nobody.response.headers["request-id"] == nobody.json["error"]["innerError"]["request-id"]
    reader = world.grant(DESK, "Mail.Read")
    item = world.cloud.store.deliver(world.desk, mail())
    denied = world.ask("PATCH", f"/me/messages/{item.id}", {"isRead": True}, token=reader)
    assert (denied.status, denied.code) == (403, "ErrorAccessDenied")
    data = {"message": {"subject": "x", "toRecipients": [{"emailAddress": {"address": CUSTOMER}}]}}
    assert world.ask("POST", "/me/sendMail", data, token=reader).code == "ErrorAccessDenied"
    other = {**data["message"], "from": {"emailAddress": {"address": "ceo@contoso.example"}}}
    assert world.ask("POST", "/me/sendMail", {"message": other}).code == "ErrorSendAsDenied"
    assert world.ask("GET", "https://graph.microsoft.com/beta/me/messages").status == 400
    assert world.ask("GET", "/me/planner").code == "BadRequest"
    assert world.ask("PUT", "/me/messages").status == 405


def test_a_shared_mailbox_opens_for_whom_it_is_shared_with(world: World) -> None:
    shared = world.cloud.store.add_mailbox(SHARED, "Billing", shared_with=[DESK])
    world.cloud.store.deliver(shared, mail(to=SHARED))
    assert len(world.get(f"/users/{SHARED}/messages")["value"]) == 1
    own_only = world.grant(DESK, "Mail.ReadWrite")
    assert world.ask("GET", f"/users/{SHARED}/messages", token=own_only).code == "ErrorAccessDenied"
    shared.shared_with.clear()
    assert world.ask("GET", f"/users/{SHARED}/messages").code == "ErrorAccessDenied"
    app = world.grant(None, ".default")
    assert len(world.get(f"/users/{SHARED}/messages", token=app)["value"]) == 1
    assert world.ask("GET", "/me/messages", token=app).status == 400
    assert world.ask("GET", "/users/none@contoso.example/messages", token=app).code == "ErrorInvalidUser"


def test_faults_let_a_listed_item_vanish_and_deliver_twice(world: World) -> None:
    world.cloud.store.deliver(world.desk, mail())
    world.cloud.faults = [Fault("graph", "drop_item"), Fault("graph", "deliver_twice")]
    [listed] = world.get("/me/messages")["value"]
    assert world.ask("GET", f"/me/messages/{listed['id']}/$value").code == "ErrorItemNotFound"
    assert world.ask("GET", f"/me/messages/{listed['id']}/$value").status == 200
    data = {"message": {"subject": "x", "toRecipients": [{"emailAddress": {"address": CUSTOMER}}]}}
    world.ask("POST", "/me/sendMail", data)
    world.ask("POST", "/me/sendMail", data)
    assert len(world.sent) == 3


def test_the_size_of_a_message_is_told_where_it_is_asked_for(world: World) -> None:
    item = world.cloud.store.deliver(world.desk, mail())
    expand = "$expand=singleValueExtendedProperties($filter=id%20eq%20'Integer%200x0E08')"
    size = [{"id": "Integer 0x0E08", "value": str(len(item.raw))}]
    folder = "/me/mailFolders/inbox/messages"
    for address in (f"{folder}?$select=subject&{expand}", f"{folder}/delta?$select=subject&{expand}"):
        (told,) = world.get(address)["value"]
        assert told["singleValueExtendedProperties"] == size
    assert world.get(f"/me/messages/{item.id}?{expand}")["singleValueExtendedProperties"] == size
    assert "singleValueExtendedProperties" not in world.get(f"{folder}/delta")["value"][0]


def test_a_folded_bcc_field_at_the_top_of_mime_is_seen_by_nobody(world: World) -> None:
    raw = b"Bcc: one@customer.example,\r\n two@customer.example\r\n"
    raw += f"From: {DESK}\r\nTo: {CUSTOMER}\r\n\r\nHello\r\n".encode()
    body = base64.b64encode(raw)
    assert world.ask("POST", "/me/sendMail", body=body, headers={"Content-Type": "text/plain"}).status == 202
    ((_, recipients, content),) = world.sent
    assert recipients == [CUSTOMER, "one@customer.example", "two@customer.example"]
    assert b"two@" not in content and b"one@" not in content


def test_a_draft_takes_the_index_of_its_thread(world: World) -> None:
    index = {"id": "Binary 0x0071", "value": "AdkQ4Q=="}
    made = {"subject": "Thread", "singleValueExtendedProperties": [index]}
    answer = world.ask("POST", "/me/messages", made)
    assert answer.json["conversationIndex"] == "AdkQ4Q=="
