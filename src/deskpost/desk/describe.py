"""Records as the command line and REST tell them: the JSON of contract requests.schema and show.schema."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from django.db.models import F, QuerySet

from deskpost.desk import delimiters, fields_json
from deskpost.desk.attachments import Attachment
from deskpost.desk.events import PersonFacts
from deskpost.desk.facts import people_facts
from deskpost.desk.history import HistoryEntry
from deskpost.desk.merging import end_of
from deskpost.desk.modules import REQUEST
from deskpost.desk.records import Record

_AT_ONCE = 500
_RELATED = ("instance", "account", "status", "priority", "group", "technician", "requester")


def requests_json(records: QuerySet[Record]) -> Iterator[dict[str, Any]]:
    """Give records in their order, reading a few hundred at a time."""
    codes = delimiters.current()
    rows = records.select_related(*_RELATED).iterator(chunk_size=_AT_ONCE)
    while chunk := list(islice(rows, _AT_ONCE)):
        people = people_facts({id for one in chunk for id in (one.requester_id, one.technician_id)})
        requests = [record for record in chunk if record.module == "RE"]
        told = fields_json.of(requests)
        for record in chunk:
            fields, resources = told.get(record.pk, ({}, {}))
            yield {**_record_json(record, people, codes), "fields": fields, "resources": resources}


def show_json(record: Record) -> dict[str, Any]:
    """Give one record with its conversations and its history."""
    (described,) = requests_json(Record.objects.filter(pk=record.pk))
    conversations = [_conversation_json(one) for one in record.conversations.order_by("at", "pk")]
    own = record.conversations.filter(direction="in").order_by(
        F("came_from").asc(nulls_first=True), "at", "pk"
    )
    first = own.values_list("text", flat=True).first() or ""
    if record.module != REQUEST and record.requester_id is None:
        described["requester"] = None
    return {
        **described,
        "description": first,
        "merged_into": _id_of(end_of(record)) if record.merged_into_id else None,
        "conversations": conversations,
        "history": [
            _history_json(entry)
            for entry in record.history.order_by("at", "pk").prefetch_related("attachments")
        ],
    }


def find(name: str) -> Record | None:
    """Give the record with a number such as RE-123: the module's code, present or earlier, and the number."""
    match = re.fullmatch(r"\W*([A-Za-z]{2,4})-([0-9]{1,18})\W*", name.strip())
    if match is None:
        return None
    module = delimiters.module_of(match[1].upper())
    rows = Record.objects.filter(module=module, number=int(match[2]), deleted_at=None)
    return rows.select_related(*_RELATED).first()


def as_text(shown: Mapping[str, Any]) -> str:
    """Give what `show_json` gives for people to read."""
    requester = shown["requester"] or {"name": "nobody", "address": ""}
    technician = shown["technician"]["name"] if shown["technician"] else "none"
    lines = [
        f"{shown['id']}  {shown['subject']}",
        f"{shown['status']}, {shown['account']}, {shown['instance']}, "
        f"priority {shown['fields'].get('Priority') or 'none'}",
        f"From {_who(requester)}, technician {technician}, group {shown['group'] or 'none'}",
    ]
    if shown["merged_into"]:
        lines += [f"Merged into {shown['merged_into']}, where its conversation is"]
    others = {name: value for name, value in shown["fields"].items() if value and name != "Priority"}
    lines += [f"{name}: {value}" for name, value in others.items()]
    for resource, answers in shown["resources"].items():
        lines += [f"{resource}.{key}: {'; '.join(values)}" for key, values in answers.items()]
    for one in shown["conversations"]:
        lines += [
            "",
            f"--- {one['direction']}  {one['at']}  {_who(one['from'])}",
        ]
        lines += [one["text"].rstrip()]
        lines += [_file_line(file) for file in one["attachments"]]
    lines += ["", "History"]
    for entry in shown["history"]:
        changes = "; ".join(f"{c['field']}: {c['old']} -> {c['new']}" for c in entry["changes"]) or "opened"
        lines.append(f"{entry['at']}  {entry['by']} ({entry['via']})  {changes}")
        lines += [_file_line(file) for file in entry["attachments"]]
    return "\n".join(lines) + "\n"


def _file_line(file: Mapping[str, Any]) -> str:
    return f"[{file['name']}, {file['content_type']}, {file['size']} bytes]"


def _who(person: Mapping[str, str]) -> str:
    """Give a person as mail programs show one: name and address, as far as there are any."""
    if not person["address"]:
        return person["name"] or "Unknown sender"
    return f"{person['name']} <{person['address']}>" if person["name"] else person["address"]


def _record_json(
    record: Record, people: Mapping[int | None, PersonFacts], codes: Mapping[str, str]
) -> dict[str, Any]:
    return {
        "id": _id_of(record, codes),
        "number": record.number,
        "instance": record.instance.name,
        "account": record.account.name,
        "subject": record.subject,
        "status": record.status.name,
        "requester": _requester(record, people),
        "technician": _person(people.get(record.technician_id)),
        "group": record.group.name if record.group else None,
        "created": record.created_at.isoformat(),
        "updated": record.updated_at.isoformat(),
    }


def _id_of(record: Record, codes: Mapping[str, str] | None = None) -> str:
    """Give a record's number with the module's present code."""
    return f"{(codes or delimiters.current())[record.module]}-{record.number}"


def _requester(record: Record, people: Mapping[int | None, PersonFacts]) -> dict[str, str]:
    """Give who asked. A request always names somebody, even one whose mail had no sender; other kinds need not."""
    nobody = {"name": "Unknown sender" if record.module == REQUEST else "", "address": ""}
    return _person(people.get(record.requester_id)) or nobody


def _person(facts: PersonFacts | None) -> dict[str, str] | None:
    return {"name": facts.name, "address": facts.address} if facts else None


def _conversation_json(conversation: Any) -> dict[str, Any]:
    return {
        "direction": conversation.direction,
        "from": {"name": conversation.from_name, "address": conversation.from_address},
        "to": _pairs(conversation.to),
        "cc": _pairs(conversation.cc),
        "message_id": conversation.message_id,
        "at": conversation.at.isoformat(),
        "text": conversation.text,
        "attachments": [_attachment_json(one) for one in conversation.attachments.order_by("pk")],
    }


def _pairs(pairs: Iterable[Sequence[str]]) -> list[dict[str, str]]:
    return [{"name": name, "address": address} for name, address in pairs]


def _attachment_json(attachment: Attachment) -> dict[str, Any]:
    names = ("name", "content_type", "size", "sha256", "inline", "content_id")
    return {name: getattr(attachment, name) for name in names}


def _history_json(entry: HistoryEntry) -> dict[str, Any]:
    return {
        "at": entry.at.isoformat(),
        "by": entry.by,
        "via": entry.via,
        "changes": [{"field": field, "old": old, "new": new} for field, old, new in entry.changes],
        "attachments": [
            _attachment_json(one) for one in sorted(entry.attachments.all(), key=lambda one: one.pk)
        ],
    }
