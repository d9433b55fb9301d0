"""Upload sessions, piece by piece."""

import pytest

from .graph_world import CUSTOMER, World

PIECE = 2_097_152
SIZE = 3_483_322
CONTENT = bytes(range(256)) * (SIZE // 256 + 1)


@pytest.fixture
def world() -> World:
    return World()


def begin(world: World, size: int = SIZE) -> tuple[str, str]:
    """Give the id of a draft, and the upload address of a file for it."""
    to = [{"emailAddress": {"address": CUSTOMER}}]
    id = world.ask("POST", "/me/messages", {"subject": "Large", "toRecipients": to}).json["id"]
    item = {"attachmentType": "file", "name": "flower.jpg", "size": size, "contentType": "image/jpeg"}
    made = world.ask("POST", f"/me/messages/{id}/attachments/createUploadSession", {"AttachmentItem": item})
    assert made.status == 201 and made.json["nextExpectedRanges"] == ["0-"]
    return id, made.json["uploadUrl"]


def piece(start: int, end: int) -> dict[str, object]:
    return {
        "body": CONTENT[start:end],
        "headers": {"Content-Range": f"bytes {start}-{end - 1}/{SIZE}"},
        "token": "",
    }


def test_the_documented_upload_goes_to_outlook_in_two_pieces(world: World) -> None:
    id, address = begin(world)
    assert address.startswith("https://outlook.office.com/api/v2.0/Users('")
    first = world.ask("PUT", address, **piece(0, PIECE))
    assert (first.status, first.json["nextExpectedRanges"]) == (200, [str(PIECE)])
    last = world.ask("PUT", address, **piece(PIECE, SIZE))
    assert (last.status, last.response.body) == (201, b"")
    attachment = last.response.headers["Location"].rsplit("'", 2)[1]
    told = world.get(f"/me/messages/{id}/attachments/{attachment}?$select=name,contentType,size")
    assert (told["name"], told["contentType"], told["size"]) == ("flower.jpg", "image/jpeg", SIZE)
    assert "contentBytes" not in told
    content = world.ask("GET", f"/me/messages/{id}/attachments/{attachment}/$value").response
    assert content.body == CONTENT[:SIZE] and content.headers["Content-Type"] == "image/jpeg"


def test_pieces_out_of_order_or_with_a_token_are_refused_and_the_session_lives_on(world: World) -> None:
    _, address = begin(world)
    early = world.ask("PUT", address, **piece(PIECE, SIZE))
    assert (early.status, early.code) == (416, "invalidRange")
    assert world.ask("PUT", address, **{**piece(0, PIECE), "token": world.token}).status == 401
    assert world.ask("PUT", address, **{**piece(0, PIECE), "headers": {}}).status == 400
    assert world.ask("PUT", address, **piece(0, PIECE)).status == 200
    assert world.ask("PUT", address, **piece(0, PIECE)).status == 416
    assert world.ask("DELETE", address, token="").status == 204
    assert world.ask("PUT", address, **piece(PIECE, SIZE)).status == 401


def test_small_files_take_no_session_and_large_ones_no_single_request(world: World) -> None:
    id, _ = begin(world)
    session = f"/me/messages/{id}/attachments/createUploadSession"
    small = {"AttachmentItem": {"attachmentType": "file", "name": "small", "size": 1_000}}
    refused = world.ask("POST", session, small)
    assert refused.code == "ErrorAttachmentSizeShouldNotBeLessThanMinimumSize"
    large = {"name": "large", "contentBytes": "A" * (4 * 1024 * 1024)}
    assert world.ask("POST", f"/me/messages/{id}/attachments", large).status == 413
