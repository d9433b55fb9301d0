"""messages/delta: all messages of a folder, page by page, and after that what has changed since."""

import re
import secrets
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from deskpost.sandbox.cloud.exchange import Response, of_json
from deskpost.sandbox.cloud.graph import lists, messages
from deskpost.sandbox.cloud.graph.call import Call
from deskpost.sandbox.cloud.graph.errors import Refused, bad_request
from deskpost.sandbox.cloud.graph.filters import Filter
from deskpost.sandbox.cloud.graph.messages_json import Reading, selected, told
from deskpost.sandbox.cloud.store import Change, Item

FILTER = re.compile(r"\s*receivedDateTime\s+(?:ge|gt)\s+\S+\s*", re.IGNORECASE)
KEPT = 50_000  # links that are known; older ones have expired
KINDS = ("created", "updated", "deleted")


@dataclass(frozen=True, slots=True)
class Round:
    """What a link of a delta query stands for. `left` are the immutable ids to be told, None: a round begins."""

    folder: str
    number: int  # of the last change that the client knows when the round is over
    names: tuple[str, ...] | None
    filter: str | None
    kind: str | None
    expand: str
    size: int | None
    left: "tuple[str | Gone, ...] | None" = None
    at: int = 0  # how many of them were told already


@dataclass(frozen=True, slots=True)
class Gone:
    """A message that is no more in the folder."""

    id: str
    immutable_id: str


def delta(call: Call) -> Response:
    """Answer with a page of a round, and the link to the next page or to the next round."""
    store = call.state.cloud.store
    token = call.query.get("$deltatoken") or call.query.get("$skiptoken")
    step = _step(call, token) if token else _first(call)
    if step.left is None:
        changes = store.changes_since(call.mailbox, step.folder, step.number)
        number = store.last_change(call.mailbox)
        step = replace(step, number=number, left=_changed(call, step, changes), at=0)
    left, end = step.left or (), step.at + (call.page_size or step.size or lists.DEFAULT_PAGE)
    here = _here(call, step)
    answer: dict[str, Any] = {"@odata.context": f"{call.version}/$metadata#Collection(message)"}
    if end < len(left):
        answer["@odata.nextLink"] = _link(call, "skiptoken", replace(step, at=end))
    else:
        answer["@odata.deltaLink"] = _link(call, "deltatoken", replace(step, left=None))
    told_now = (_entry(call, step, one, here) for one in left[step.at : end])
    answer["value"] = [entry for entry in told_now if entry is not None]
    return of_json(answer)


def _first(call: Call) -> Round:
    """Begin: everything that is in the folder now. Raises Refused at options that delta does not know."""
    folder = call.folder()
    filter, kind = call.query.get("$filter"), call.query.get("changetype")
    if filter and not FILTER.fullmatch(filter):
        raise bad_request(
            "The query filter is not supported with change tracking.", "ErrorInvalidUrlQueryFilter"
        )
    if call.query.get("$orderby", "receivedDateTime desc").lower() != "receiveddatetime desc":
        raise bad_request("Change tracking is not supported with this order.", "ErrorInvalidUrlQuery")
    if "$search" in call.query or (kind and kind not in KINDS):
        raise bad_request("The query option is not supported with change tracking.", "ErrorInvalidUrlQuery")
    names = selected(call.query.get("$select"))
    items = call.mailbox.in_folder(folder.id)
    items.sort(key=lambda item: item.received, reverse=True)
    if filter:
        test = Filter(filter).test
        most = call.state.cloud.limits.filtered_delta
        items = [item for item in items if test(Reading(call, item))][:most]
    return Round(
        folder.id,
        call.state.cloud.store.last_change(call.mailbox),
        tuple(names) if names else None,
        filter,
        kind,
        call.query.get("$expand", ""),
        lists.number(call, "$top", 0) or None,
        tuple(item.immutable_id for item in items),
    )


def _step(call: Call, token: str) -> Round:
    """Give what a link stands for. Raises Refused where it is too old, or not of this folder."""
    habits = call.state.cloud.habits
    found = call.state.rounds.get(token)
    if habits.expire_delta or found is None:
        habits.expire_delta = False
        words = "The sync state generation is not found; generation=1;[highest=9][9][7][8]."
        raise Refused(410, "syncStateNotFound", words)
    if found.folder != call.folder().id:
        raise bad_request("Badly formed token.", "ErrorInvalidSyncStateData")
    return found


def _changed(call: Call, step: Round, changes: list[Change]) -> "tuple[str | Gone, ...]":
    """Give what became of each message that changed, once, in the order of its last change."""
    by_item: dict[str, list[Change]] = {}
    for change in changes:
        earlier = by_item.pop(change.immutable_id, [])
        by_item[change.immutable_id] = [*earlier, change]
    found: list[str | Gone] = []
    here = _here(call, step)
    for immutable_id, happened in by_item.items():
        item = here.get(immutable_id)
        ids = dict.fromkeys(change.id for change in happened if item is None or change.id != item.id)
        if step.kind in (None, "deleted") and (item is None or not call.immutable):
            found += [Gone(id, immutable_id) for id in ids][-1:]
        kinds = {change.kind for change in happened}
        kind = "created" if "created" in kinds else "updated"
        if item is not None and step.kind in (None, kind) and _passes(call, step, item):
            found.append(immutable_id)
    return tuple(found)


def _passes(call: Call, step: Round, item: Item) -> bool:
    return step.filter is None or Filter(step.filter).test(Reading(call, item))


def _here(call: Call, step: Round) -> dict[str, Item]:
    return {item.immutable_id: item for item in call.mailbox.in_folder(step.folder)}


def _entry(call: Call, step: Round, one: "str | Gone", here: dict[str, Item]) -> dict[str, Any] | None:
    if isinstance(one, Gone):
        id = one.immutable_id if call.immutable else one.id
        return {"@odata.type": "#microsoft.graph.message", "id": id, "@removed": {"reason": "deleted"}}
    item = here.get(one)
    if item is None:
        return None  # it left meanwhile: the next round tells it
    names = list(step.names) if step.names else None
    entry = {"@odata.type": "#microsoft.graph.message", **told(call, item, names)}
    return entry | messages.expansion(call, item, step.expand)


def _link(call: Call, name: str, step: Round) -> str:
    token = secrets.token_urlsafe(32)
    rounds = call.state.rounds
    rounds[token] = step
    if len(rounds) > KEPT:
        for old in list(rounds)[: KEPT // 10]:
            del rounds[old]
    path = f"{call.root}/mailFolders('{quote(call.named['folder'], safe='')}')/messages/delta"
    return f"{path}?${name}={token}"
