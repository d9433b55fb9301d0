"""EWS of the simulated cloud, asked without any client: what it refuses, and what it answers to unusual requests."""

import base64

import pytest

from deskpost.sandbox.cloud.cloud import Fault
from deskpost.sandbox.cloud.ews import BLOCKED, DISABLED
from deskpost.sandbox.cloud.exchange import Refusal, Request
from tests.sandbox.cloud.ews_world import ANN, BOB, CYD, ENVELOPE, INBOX, World, mail, new_world

FIND = (
    '<m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>{shape}</t:BaseShape>{more}</m:ItemShape>'
    "{view}{where}<m:ParentFolderIds>{folder}</m:ParentFolderIds></m:FindItem>"
)
GET = (
    "<m:GetItem><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape>{more}</m:ItemShape>"
    "<m:ItemIds>{ids}</m:ItemIds></m:GetItem>"
)
GET_FOLDER = (
    "<m:GetFolder><m:FolderShape><t:BaseShape>Default</t:BaseShape></m:FolderShape>"
    "<m:FolderIds>{folder}</m:FolderIds></m:GetFolder>"
)
IMAP_UID = '<t:ExtendedFieldURI PropertyTag="0x{tag}" PropertyType="Integer"/>'
EWS = "https://outlook.office365.com/"
BOMB = '<!DOCTYPE b [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
EXTERNAL = '<!DOCTYPE b [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.fixture
def world() -> World:
    return new_world()


def find(shape: str = "IdOnly", more: str = "", view: str = "", where: str = "", folder: str = INBOX) -> str:
    return FIND.format(shape=shape, more=more, view=view, where=where, folder=folder)


def of(mailbox: str, name: str = "inbox") -> str:
    address = f"<t:Mailbox><t:EmailAddress>{mailbox}</t:EmailAddress></t:Mailbox>"
    return f'<t:DistinguishedFolderId Id="{name}">{address}</t:DistinguishedFolderId>'


@pytest.mark.parametrize("doctype", [BOMB, EXTERNAL, '<!DOCTYPE b SYSTEM "http://127.0.0.1/b.dtd">'])
def test_a_document_type_is_refused_whatever_it_declares(world: World, doctype: str) -> None:
    answer = world.ask((doctype + ENVELOPE.format(header="", body="<m:GetItem>&b;</m:GetItem>")).encode())
    assert answer.status == 500
    assert b"a:ErrorSchemaValidation" in answer.body
    assert b"DTD is prohibited" in answer.body
    assert b"haha" not in answer.body and b"root:" not in answer.body


@pytest.mark.parametrize(
    "body", [b"", b"<a>", b"\xff\xfe\x00", b"<a/>", b"<a>" * 5_000 + b"</a>" * 5_000, b"<a>\x00</a>"]
)
def test_what_is_no_envelope_gets_a_fault(world: World, body: bytes) -> None:
    answer = world.ask(body)
    assert answer.status == 500
    assert b"ErrorSchemaValidation" in answer.body


def test_without_credentials_or_with_wrong_ones_basic_is_offered(world: World) -> None:
    for given in ("", "Basic !!", "Basic YW5uOndyb25n", "Negotiate abc"):
        answer = world.ask(GET_FOLDER.format(folder=INBOX), authorization=given)
        assert answer.status == 401
        assert answer.headers["WWW-Authenticate"].startswith("Basic realm=")


@pytest.mark.parametrize(
    ("mailbox", "scope", "header", "status", "code"),
    [
        (ANN, EWS + "EWS.AccessAsUser.All", "", 200, "NoError"),
        (ANN, "https://graph.microsoft.com/Mail.ReadWrite", "", 401, ""),
        (
            None,
            EWS + "full_access_as_app",
            "",
            500,
            "ErrorInvalidExchangeImpersonationHeaderData",
        ),
        (None, EWS + ".default", ANN, 200, "NoError"),
        (None, "https://graph.microsoft.com/.default", ANN, 401, ""),
        (
            None,
            EWS + ".default",
            "nobody@desk.example",
            500,
            "ErrorNonExistentMailbox",
        ),
        (CYD, EWS + "EWS.AccessAsUser.All", ANN, 500, "ErrorImpersonateUserDenied"),
        (ANN, EWS + "EWS.AccessAsUser.All", BOB, 200, "NoError"),
    ],
)
def test_a_token_opens_what_its_scope_says_and_an_application_has_to_impersonate(
    world: World, mailbox: str | None, scope: str, header: str, status: int, code: str
) -> None:
    token = world.cloud.tokens.grant("app", mailbox, [scope])[0].token
    sid = f"<t:ConnectingSID><t:PrimarySmtpAddress>{header}</t:PrimarySmtpAddress></t:ConnectingSID>"
    impersonation = f"<t:ExchangeImpersonation>{sid}</t:ExchangeImpersonation>" if header else ""
    answer = world.ask(GET_FOLDER.format(folder=INBOX), impersonation, authorization=f"Bearer {token}")
    assert answer.status == status
    assert code.encode() in answer.body
    if status == 401:
        assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


def test_the_log_learns_whose_mailbox_is_meant(world: World) -> None:
    token = world.cloud.tokens.grant("app", None, [EWS + ".default"])[0].token
    sid = f"<t:ConnectingSID><t:PrimarySmtpAddress>{BOB}</t:PrimarySmtpAddress></t:ConnectingSID>"
    whole = ENVELOPE.format(header=f"<t:ExchangeImpersonation>{sid}</t:ExchangeImpersonation>", body="")
    headers = {"authorization": f"Bearer {token}", "x-anchormailbox": ANN}
    who = world.service.who(Request("POST", "h", "/EWS/Exchange.asmx", "", headers, whole.encode()))
    assert (who.mailbox, who.client_id) == (BOB, "app")


def test_requests_in_every_spelling_are_understood(world: World) -> None:
    world.cloud.store.deliver(world.ann, mail())
    shape = '<BaseShape xmlns="http://schemas.microsoft.com/exchange/services/2006/types">IdOnly</BaseShape>'
    unknown = (
        '<t:AdditionalProperties><t:FieldURI FieldURI="item:Unheard"/><t:FieldURI FieldURI="item:Subject"/>'
        '<t:ExtendedFieldURI PropertyTag="0x1234" PropertyType="String"/></t:AdditionalProperties>'
    )
    found = world.all_of("Subject", find(more=unknown).replace("<t:BaseShape>IdOnly</t:BaseShape>", shape))
    assert [one.text for one in found] == ["Printer"]
    id = world.inbox(world.ann)[0].id
    mime = "<t:IncludeMimeContent>1</t:IncludeMimeContent>"
    assert world.all_of("MimeContent", GET.format(more=mime, ids=f'<t:ItemId Id="{id}"/>'))
    whole = ENVELOPE.format(header="", body=GET_FOLDER.format(folder=INBOX))
    answer = world.ask(whole.replace("soap:", "s:").replace(":soap", ":s").encode())
    assert b"ServerVersionInfo" in answer.body and b'MajorVersion="15" MinorVersion="2"' in answer.body
    assert world.codes("", '<t:RequestServerVersion Version="Nonsense"/>') == ["ErrorInvalidServerVersion"]


def test_refusals_carry_the_codes_and_words_of_exchange(world: World) -> None:
    item = world.cloud.store.deliver(world.ann, mail())
    foreign = world.cloud.store.deliver(world.cyd, mail())
    gone = world.cloud.store.deliver(world.ann, mail())
    world.cloud.store.delete(world.ann, gone)

    def get(id: str, key: str = "") -> list[str]:
        return world.codes(GET.format(more="", ids=f'<t:ItemId Id="{id}" ChangeKey="{key}"/>'))

    assert get(item.id) == ["NoError"]
    assert get(item.id, "nonsense") == ["ErrorInvalidChangeKey"]
    assert get(gone.id) == ["ErrorItemNotFound"]
    assert get("nonsense") == ["ErrorInvalidIdMalformed"]
    assert get(foreign.id) == ["ErrorAccessDenied"]
    assert world.codes(GET_FOLDER.format(folder=of(CYD))) == ["ErrorAccessDenied"]
    assert world.codes(GET_FOLDER.format(folder=of(BOB))) == ["NoError"]
    assert world.codes(GET_FOLDER.format(folder=of("nobody@desk.example"))) == ["ErrorNonExistentMailbox"]
    assert world.codes(GET_FOLDER.format(folder=of(ANN, "journal"))) == ["ErrorFolderNotFound"]
    words = world.all_of("MessageText", GET.format(more="", ids=f'<t:ItemId Id="{gone.id}"/>'))
    assert [one.text for one in words] == ["The specified object was not found in the store."]


def test_an_update_with_an_old_key_is_a_conflict_where_it_must_not_overwrite(world: World) -> None:
    item = world.cloud.store.deliver(world.ann, mail())
    key = world.all_of("ItemId", GET.format(more="", ids=f'<t:ItemId Id="{item.id}"/>'))[0].get("ChangeKey")
    world.cloud.store.update(world.ann, item, is_read=True)

    def update(how: str, key: str | None) -> list[str]:
        return world.codes(
            f'<m:UpdateItem ConflictResolution="{how}" MessageDisposition="SaveOnly"><m:ItemChanges><t:ItemChange>'
            f'<t:ItemId Id="{item.id}" ChangeKey="{key or ""}"/><t:Updates><t:SetItemField>'
            '<t:FieldURI FieldURI="message:IsRead"/><t:Message><t:IsRead>0</t:IsRead></t:Message>'
            "</t:SetItemField></t:Updates></t:ItemChange></m:ItemChanges></m:UpdateItem>"
        )

    assert update("NeverOverwrite", key) == ["ErrorIrresolvableConflict"]
    assert update("AutoResolve", None) == ["ErrorChangeKeyRequiredForWriteOperations"]
    assert item.is_read
    assert update("AlwaysOverwrite", None) == ["NoError"]
    assert not item.is_read


def test_faults_on_demand_are_told_as_exchange_tells_them(world: World) -> None:
    for value, words in (("disabled", DISABLED), ("blocked", BLOCKED), ("In other words", "In other words")):
        world.cloud.faults = [Fault("ews", "policy", value)]
        answer = world.ask(GET_FOLDER.format(folder=INBOX))
        assert (answer.status, answer.headers["X-EWS-Policy-Reason"], answer.body) == (403, words, b"")
    world.cloud.faults = [Fault("ews", "error", "ErrorMailboxStoreUnavailable"), Fault("ews", "error", "<x>")]
    assert world.codes(GET_FOLDER.format(folder=INBOX)) == ["ErrorMailboxStoreUnavailable"]
    assert world.codes(GET_FOLDER.format(folder=INBOX)) == ["ErrorInternalServerError"]
    world.cloud.faults = [Fault("ews", "refuse", "ErrorInvalidPropertySet", path="#GetFolder$")]
    assert world.codes(find()) == ["NoError"]
    assert world.codes(GET_FOLDER.format(folder=INBOX)) == ["ErrorInvalidPropertySet"]
    limited = world.service.refuse(Request("POST", "h", "/", "", {}, b""), Refusal("concurrent", "", 2.5))
    world.cloud.faults = [Fault("ews", "busy", 2.5)]
    for answer in (limited, world.ask(GET_FOLDER.format(folder=INBOX))):
        assert answer.status == 500
        assert b'<t:Value Name="BackOffMilliseconds">2500</t:Value>' in answer.body
        assert b"ErrorServerBusy" in answer.body and b"ServerVersionInfo" in answer.body


def test_pages_end_with_the_last_item_whatever_their_size(world: World) -> None:
    for number in range(5):
        world.cloud.store.deliver(world.ann, mail(f"Number {number}"))
    seen: list[str] = []
    offset, last = "0", "false"
    while last == "false":
        view = f'<m:IndexedPageItemView MaxEntriesReturned="2" Offset="{offset}" BasePoint="Beginning"/>'
        root = world.all_of("RootFolder", find("Default", view=view))[0]
        offset, last = root.get("IndexedPagingOffset", ""), root.get("IncludesLastItemInRange", "")
        seen += [one.text or "" for one in root.iter() if one.tag.endswith("}Subject")]
    assert seen == [f"Number {number}" for number in (4, 3, 2, 1, 0)]


def test_the_number_for_imap_grows_strictly_and_is_new_after_a_move(world: World) -> None:
    store = world.cloud.store
    first, second = store.deliver(world.ann, mail("one")), store.deliver(world.ann, mail("two"))
    store.move(world.ann, first, "archive")
    third = store.move(world.ann, first, "inbox")
    order = f'<t:FieldOrder Order="Ascending">{IMAP_UID.format(tag="0e23")}</t:FieldOrder>'
    more = f"<t:AdditionalProperties>{IMAP_UID.format(tag='e23')}</t:AdditionalProperties>"
    body = find(more=more, where=f"<m:SortOrder>{order}</m:SortOrder>")
    numbers = [int(one.text or "") for one in world.all_of("Value", body)]
    assert len(set(numbers)) == 2 and numbers == sorted(numbers)
    assert [one.get("Id") for one in world.all_of("ItemId", body)] == [second.id, third.id]


def test_a_vanished_item_is_not_found_and_a_mail_delivered_twice_arrives_twice(world: World) -> None:
    item = world.cloud.store.deliver(world.ann, mail())
    world.cloud.faults = [Fault("ews", "drop_item"), Fault("ews", "deliver_twice", mailbox=ANN)]
    assert world.codes(GET.format(more="", ids=f'<t:ItemId Id="{item.id}"/>')) == ["ErrorItemNotFound"]
    to = f"<t:ToRecipients><t:Mailbox><t:EmailAddress>{BOB}</t:EmailAddress></t:Mailbox></t:ToRecipients>"
    message = f"<t:Message><t:Subject>Hello</t:Subject>{to}</t:Message>"
    body = f'<m:CreateItem MessageDisposition="SendOnly"><m:Items>{message}</m:Items></m:CreateItem>'
    assert world.codes(body) == ["NoError"]
    assert len(world.inbox(world.bob)) == 2
    assert world.folder(world.ann, "sentitems") == []


def test_who_may_not_send_as_somebody_and_a_mail_to_nobody_are_refused(world: World) -> None:
    def send(sender: str, to: str) -> list[str]:
        people = "".join(
            f"<t:{name}><t:Mailbox><t:EmailAddress>{one}</t:EmailAddress></t:Mailbox></t:{name}>"
            for name, one in (("ToRecipients", to), ("From", sender))
        )
        message = f"<t:Message><t:Subject>Hello</t:Subject>{people}</t:Message>"
        return world.codes(
            f'<m:CreateItem MessageDisposition="SendAndSaveCopy"><m:Items>{message}</m:Items></m:CreateItem>'
        )

    assert send(CYD, BOB) == ["ErrorSendAsDenied"]
    assert send(BOB, "nobody") == ["ErrorInvalidRecipients"]
    assert send(BOB, CYD) == ["NoError"]
    assert f"From: {BOB}".encode() in world.inbox(world.cyd)[0].raw


def test_a_from_beside_the_mime_is_kept_where_one_in_it_is_ignored(world: World) -> None:
    def sent(beside: str) -> bytes:
        content = base64.b64encode(mail(To=CYD, From=BOB)).decode()
        message = f"<t:Message><t:MimeContent>{content}</t:MimeContent>{beside}</t:Message>"
        body = f'<m:CreateItem MessageDisposition="SendOnly"><m:Items>{message}</m:Items></m:CreateItem>'
        assert world.codes(body) == ["NoError"]
        return world.inbox(world.cyd)[-1].raw

    world.cloud.habits.keep_from = False
    assert f"From: Ann Lee <{ANN}>".encode() in sent("")
    named = f"<t:From><t:Mailbox><t:EmailAddress>{BOB}</t:EmailAddress></t:Mailbox></t:From>"
    assert f"From: {BOB}".encode() in sent(named)


def test_an_id_is_converted_with_the_primary_address_beside_it(world: World) -> None:
    def convert(id: str, source: str, destination: str) -> tuple[str, str]:
        given = f'<t:AlternateId Format="{source}" Id="{id}" Mailbox="blah@blah.com"/>'
        body = (
            f'<m:ConvertId DestinationFormat="{destination}"><m:SourceIds>{given}</m:SourceIds></m:ConvertId>'
        )
        found = world.all_of("AlternateId", body)[0]
        return found.get("Id", ""), found.get("Mailbox", "")

    root = GET_FOLDER.format(folder='<t:DistinguishedFolderId Id="root"/>')
    id = world.all_of("FolderId", root)[0].get("Id", "")
    for form in ("EntryId", "HexEntryId", "OwaId", "EwsId"):
        there, mailbox = convert(id, "EwsId", form)
        assert mailbox == ANN
        assert convert(there, form, "EwsId") == (id, ANN)
