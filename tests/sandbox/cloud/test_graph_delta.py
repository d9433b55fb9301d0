"""Delta queries and batches, as in the examples of Microsoft's documentation."""

import threading

import pytest

from deskpost.sandbox.cloud.cloud import Fault
from tests.servers.held import Held

from .graph_world import CUSTOMER, IMMUTABLE, World, mail

PAGES_OF_TWO = {"Prefer": "odata.maxpagesize=2"}


@pytest.fixture
def world() -> World:
    return World()


def test_five_messages_come_in_three_pages_and_then_only_what_changed(world: World) -> None:
    subjects = ("Holiday hours update", "Holiday promotion sale", "Academy", "New account", "Fabric CDN")
    items = [world.cloud.store.deliver(world.desk, mail(subject)) for subject in subjects]
    folder = world.get("/me/mailFolders/inbox")["id"]
    page = world.get(
        f"/me/mailfolders/{folder}/messages/delta?$select=subject,sender,isRead", headers=PAGES_OF_TWO
    )
    pages = [page]
    while "@odata.nextLink" in page:
        assert "$skiptoken=" in page["@odata.nextLink"] and "@odata.deltaLink" not in page
        page = world.get(page["@odata.nextLink"], headers=PAGES_OF_TWO)
        pages.append(page)
    assert [len(one["value"]) for one in pages] == [2, 2, 1]
    first = pages[0]["value"][0]
    assert set(first) == {"@odata.type", "@odata.etag", "id", "subject", "sender", "isRead"}
    assert pages[0]["@odata.context"].endswith("$metadata#Collection(message)")
    deleted = items[1].id
    world.cloud.store.delete(world.desk, items[1])
    world.cloud.store.update(world.desk, items[0], is_read=True)
    page = world.get(page["@odata.deltaLink"], headers=PAGES_OF_TWO)
    gone = {"@odata.type": "#microsoft.graph.message", "id": deleted, "@removed": {"reason": "deleted"}}
    assert page["value"][0] == gone
    assert (page["value"][1]["subject"], page["value"][1]["isRead"]) == ("Holiday hours update", True)
    assert world.get(page["@odata.deltaLink"])["value"] == []


def test_a_message_that_moves_away_and_back_is_one_entry_under_its_immutable_id(world: World) -> None:
    item = world.cloud.store.deliver(world.desk, mail())
    start = world.get("/me/mailFolders/inbox/messages/delta", headers=IMMUTABLE)
    world.cloud.store.move(world.desk, item, "archive")
    away = world.get(start["@odata.deltaLink"], headers=IMMUTABLE)
    assert [(one["id"], "@removed" in one) for one in away["value"]] == [(item.immutable_id, True)]
    world.cloud.store.move(world.desk, item, "inbox")
    back = world.get(away["@odata.deltaLink"], headers=IMMUTABLE)
    assert [(one["id"], "@removed" in one) for one in back["value"]] == [(item.immutable_id, False)]
    both = world.get(start["@odata.deltaLink"], headers=IMMUTABLE)
    assert [(one["id"], "@removed" in one) for one in both["value"]] == [(item.immutable_id, False)]


def test_only_created_messages_come_where_only_those_are_wanted(world: World) -> None:
    item = world.cloud.store.deliver(world.desk, mail())
    start = world.get("/me/mailFolders/inbox/messages/delta?changeType=created")
    world.cloud.store.update(world.desk, item, is_read=True)
    world.cloud.store.deliver(world.desk, mail("Second"))
    found = world.get(start["@odata.deltaLink"])["value"]
    assert [one["subject"] for one in found] == ["Second"]


def test_an_expired_delta_token_is_410_once_and_a_full_round_begins(world: World) -> None:
    link = world.get("/me/mailFolders/inbox/messages/delta")["@odata.deltaLink"]
    world.cloud.habits.expire_delta = True
    expired = world.ask("GET", link)
    assert (expired.status, expired.code) == (410, "syncStateNotFound")
    assert world.get("/me/mailFolders/inbox/messages/delta")["value"] == []


def test_a_batch_answers_each_request_with_its_own_status(world: World) -> None:
    item = world.cloud.store.deliver(world.desk, mail())
    json_type = {"Content-Type": "application/json"}
    requests = [
        {"id": "1", "method": "GET", "url": "/me/mailFolders/inbox/messages?$select=subject"},
        {"id": "2", "method": "GET", "url": "/me/messages/AAMkNone"},
        {"id": "3", "dependsOn": ["2"], "method": "DELETE", "url": f"/me/messages/{item.id}"},
        {
            "id": "4",
            "dependsOn": ["1"],
            "method": "PATCH",
            "url": f"me/messages/{item.id}",
            "body": {"isRead": True},
            "headers": json_type,
        },
        {"id": "5", "method": "GET", "url": f"/me/messages/{item.id}/$value"},
    ]
    answer = world.ask("POST", "/$batch", {"requests": requests})
    found = {one["id"]: one for one in answer.json["responses"]}
    assert answer.status == 200
    assert {id: one["status"] for id, one in found.items()} == {
        "1": 200,
        "2": 404,
        "3": 424,
        "4": 200,
        "5": 200,
    }
    assert found["1"]["body"]["value"][0]["subject"] == "Printer" and item.is_read
    assert found["2"]["body"]["error"]["code"] == "ErrorItemNotFound"
    assert isinstance(found["5"]["body"], str)


def test_a_malformed_batch_is_refused_as_a_whole(world: World) -> None:
    def one(id: str) -> dict[str, str]:
        return {"id": id, "method": "GET", "url": "/me"}

    for requests in ([one("a"), one("A")], [one(str(number)) for number in range(21)], [{"id": "1"}], []):
        assert world.ask("POST", "/$batch", {"requests": requests}).status == 400
    bodyless = {"id": "1", "method": "POST", "url": "/me/messages", "body": {}}
    assert world.ask("POST", "/$batch", {"requests": [bodyless]}).status == 400


def test_a_batch_holds_four_lanes_and_what_exceeds_them_is_429_inside_a_200(world: World) -> None:
    requests = [{"id": str(number), "method": "GET", "url": "/me/messages"} for number in range(8)]
    world.cloud.limits.service_time = (0.3, 0.3)
    assert {
        one["status"] for one in world.ask("POST", "/$batch", {"requests": requests}).json["responses"]
    } == {200}
    inner = [one for one in world.cloud.asked if one.path.endswith("/me/messages")]
    assert max(one.concurrent for one in inner) == 4 and len(inner) == 8
    asked = Held()
    world.cloud.faults = [Fault("graph", "latency", asked, path="/me$")]
    beside = threading.Thread(target=world.ask, args=("GET", "/me"))
    beside.start()
    asked.wait()
    answers = world.ask("POST", "/$batch", {"requests": requests}).json["responses"]
    asked.let_go()
    beside.join()
    refused = [one for one in answers if one["status"] == 429]
    assert refused and refused[0]["body"]["error"]["code"] == "ApplicationThrottled"
    assert int(refused[0]["headers"]["Retry-After"]) >= 1


def test_mails_are_sent_in_a_batch(world: World) -> None:
    message = {"subject": "x", "toRecipients": [{"emailAddress": {"address": CUSTOMER}}]}
    requests = [
        {
            "id": str(number),
            "method": "POST",
            "url": "/me/sendMail",
            "headers": {"Content-Type": "application/json"},
            "body": {"message": message, "saveToSentItems": "false"},
        }
        for number in range(3)
    ]
    answers = world.ask("POST", "/$batch", {"requests": requests}).json["responses"]
    assert [one["status"] for one in answers] == [202] * 3 and len(world.sent) == 3
    assert world.desk.in_folder(world.desk.folder("sentitems").id) == []
