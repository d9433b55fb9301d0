"""Merging on the pages: the other request is chosen, both are shown, one leads to the other, and it is taken back."""

from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.urls import reverse

from deskpost.desk.accounts import Site
from deskpost.desk.conversations import Conversation
from deskpost.desk.editing import present_of, template_of
from deskpost.desk.fields import Status
from deskpost.desk.history import HistoryEntry
from deskpost.desk.merging import NotMerged
from deskpost.desk.people import Person
from deskpost.desk.records import Record
from deskpost.desk.roles import Grant
from deskpost.inbound import merging
from deskpost.inbound.messages import MailOutcome
from deskpost.outbound.outbox import OutboxMail
from tests.console import builders
from tests.console.conftest import Desk
from tests.desk import field_builders

BEA = "Bea Lind <bea@kestrel.example>"


def opened(desk: Desk, name: str, **parts: object) -> Record:
    values = {"subject": f"VPN {name}", "text": f"Words of {name}.", "message_id": f"<{name}@x>", **parts}
    return builders.request_by_mail(desk.box, **values)


@pytest.fixture
def two(desk: Desk) -> tuple[Record, Record]:
    """Give two requests of Tom's, the older one first."""
    return opened(desk, "one"), opened(desk, "two", files={"log.txt": ("text/plain", b"x" * 90)})


def get(who: Person, name: str, record: Record, **query: object) -> HttpResponse:
    return builders.signed_in(who).get(reverse(name, args=[record.number]), query)  # type: ignore[return-value]


def post(who: Person, name: str, record: Record, form: dict[str, object]) -> HttpResponse:
    return builders.signed_in(who).post(reverse(name, args=[record.number]), form, follow=True)  # type: ignore[return-value]


def page_of(who: Person, record: Record) -> str:
    return get(who, "request", record).content.decode()


def merge(who: Person, record: Record, other: Record, stays: Record | None = None, **more: str) -> str:
    form = {"with": other.number, "stays": (stays or other).number, **more}
    return post(who, "request_merge", record, form).content.decode()


def test_the_other_request_is_chosen_by_number_or_words_and_both_are_shown(desk: Desk, two: tuple) -> None:
    first, second = two
    assert reverse("request_merge", args=[second.number]) in page_of(desk.dana, second)
    proposed = get(desk.dana, "request_merge", second).content.decode()
    assert "VPN one" in proposed and f"?with={first.number}" in proposed
    assert f"?with={second.number}" not in proposed
    assert f"?with={first.number}" in get(desk.dana, "request_merge", second, q="words").content.decode()
    for asked in ({"q": f"RE-{first.number}"}, {"q": f"##RE-{first.number}##"}, {"with": first.number}):
        both = get(desk.dana, "request_merge", second, **asked).content.decode()
        assert "Merge these two requests?" in both and "VPN one" in both and "VPN two" in both
        older = both.index(f'value="{first.number}" checked')
        assert older and f'value="{second.number}" checked' not in both
        assert "1 mail, 1 file" in " ".join(both.split())


def test_a_merged_request_says_so_and_the_other_one_has_its_mails(desk: Desk, two: tuple) -> None:
    first, second = two
    said = merge(desk.dana, second, first)
    assert f"Request {second.number} is merged into this one" in said and "Words of two." in said
    assert "log.txt" in said and f"{second.number} <bdi>VPN two" in said
    page = page_of(desk.dana, second)
    assert "Merged into" in page and f"RE-{first.number}" in page and "By Dana Whitfield" in page
    assert "1 mail or note of it is there now" in page and "Words of two." not in page
    assert 'id="composer"' not in page and "This is spam" not in page and ">Reopen" not in page
    listed = builders.signed_in(desk.dana).get(reverse("requests")).content.decode()
    assert "VPN one" in listed and "VPN two" not in listed
    everything = builders.signed_in(desk.dana).get(reverse("requests") + "?view=all").content.decode()
    assert f"Merged into {first.number}" in everything


def test_the_trace_of_a_mail_names_the_request_it_became_and_where_that_went(desk: Desk, two: tuple) -> None:
    first, second = two
    merge(desk.dana, second, first)
    mail = MailOutcome.objects.get(message_id="<two@x>")
    page = builders.signed_in(desk.dana).get(reverse("trace_mail", args=[mail.pk])).content.decode()
    assert f"Became request {second.number}, merged into" in page and f"{first.number} VPN one" in page
    assert "Make it a request of its own" in page


def test_the_newer_one_may_stay_as_well(desk: Desk, two: tuple) -> None:
    first, second = two
    merge(desk.dana, second, first, stays=second)
    first.refresh_from_db()
    assert first.merged_into == second


def test_a_merge_is_taken_back_on_the_page_and_the_second_is_told(desk: Desk, two: tuple) -> None:
    first, second = two
    merge(desk.dana, second, first)
    form = {"seen": merging.seen_of(second)}
    page = post(desk.sam, "request_merge_back", second, form).content.decode()
    assert "The merge is taken back" in page and "Words of two." in page and 'id="composer"' in page
    late = post(desk.dana, "request_merge_back", second, form).content.decode()
    assert "Sam Okafor took the merge back meanwhile" in late


def test_of_two_who_merge_at_once_the_second_is_told(desk: Desk, two: tuple) -> None:
    first, second = two
    third = opened(desk, "three")
    merge(desk.sam, first, third)
    for record, other in ((second, first), (first, second)):
        said = merge(desk.dana, record, other)
        assert f"Sam Okafor merged request {first.number} into request {third.number} meanwhile" in said
    second.refresh_from_db()
    assert second.merged_into is None


def test_what_cannot_be_merged_says_why(desk: Desk, two: tuple) -> None:
    first, second = two
    foreign = opened(desk, "else", sender="Helen Cho <helen@vantage.example>")
    third = opened(desk, "three")
    merge(desk.dana, third, second)
    told = {
        first.number: "That is this request",
        foreign.number: "of another account",
        third.number: "is merged itself",
    }
    for number, words in told.items():
        answer = get(desk.dana, "request_merge", first, q=number)
        assert answer.status_code == 422 and words in answer.content.decode()
        assert words in get(desk.dana, "request_merge", first, **{"with": number}).content.decode()
    assert "No request of this account has these words" in (
        get(desk.dana, "request_merge", first, q="giraffe").content.decode()
    )
    said = merge(desk.dana, first, foreign)
    assert "of two accounts" in said
    assert Record.objects.exclude(merged_into=None).count() == 1


def test_only_who_may_edit_both_merges_them(desk: Desk, two: tuple) -> None:
    first, second = two
    oslo = Site.objects.create(account=desk.kestrel, name="Oslo")
    Person.objects.filter(pk=first.requester_id).update(site=oslo)
    apart = opened(desk, "bea", sender=BEA)
    oslos = builders.person("Olav", "olav@northgate-it.example", "SDTechnician", within=desk.kestrel, at=oslo)
    answer = get(oslos, "request_merge", second, q=apart.number)
    assert "VPN bea" not in answer.content.decode()
    form = {"with": apart.number, "stays": apart.number}
    assert post(oslos, "request_merge", second, form).status_code == 404
    assert post(oslos, "request_merge", apart, form).status_code == 404
    assert post(desk.tom, "request_merge", second, form).status_code == 403
    merge(desk.dana, second, apart)
    page = page_of(oslos, second)
    assert "Merged into" in page and "Take the merge back" not in page and "VPN bea" not in page
    assert post(oslos, "request_merge_back", second, {"seen": merging.seen_of(second)}).status_code == 404


def test_merging_closes_a_request_and_needs_that_permission_but_no_fields(desk: Desk, two: tuple) -> None:
    first, second = two
    template = template_of(None)
    template.closing_fields = ["Resolution"]
    template.save()
    editor = builders.person("Edda", "edda@northgate-it.example")
    field_builders.give(editor, "request.view")
    field_builders.give(editor, "request.edit")
    refused = f"Request {second.number} would be closed or opened again by this"
    assert refused in merge(editor, second, first)
    assert refused in chosen(editor, first, second, stays=first).content.decode()
    assert not Record.objects.exclude(merged_into=None).exists()
    assert "is merged into this one" in merge(desk.dana, second, first)
    assert "Take the merge back" not in page_of(editor, second)
    back = {"seen": merging.seen_of(second)}
    assert refused in post(editor, "request_merge_back", second, back).content.decode()
    assert Record.objects.get(pk=second.pk).merged_into == first
    field_builders.give(editor, "request.close", account=desk.kestrel)
    assert "Take the merge back" in page_of(editor, second)
    assert "is taken back" in post(editor, "request_merge_back", second, back).content.decode()
    Grant.objects.filter(role__name="request.close").delete()
    Record.objects.filter(pk=second.pk).update(status=Status.objects.filter(kind="closed")[0])
    assert "is merged into this one" in merge(editor, second, first), "it is closed already"
    assert "Take the merge back" in page_of(editor, second)


def reply(who: Person, record: Record, text: str, **headers: str) -> HttpResponse:
    form = {
        "mode": "reply",
        "to": "tom@kestrel.example",
        "cc": "",
        "subject": "Re: VPN",
        "text": text,
        "status": "",
        "token": str(uuid4()),
        "newest": "0",
    }
    url = reverse("request_reply", args=[record.number])
    return builders.signed_in(who).post(url, form, headers=headers)  # type: ignore[return-value]


def test_a_reply_written_meanwhile_is_not_lost_and_goes_out_from_the_one_that_stays(
    desk: Desk, two: tuple
) -> None:
    first, second = two
    merge(desk.sam, second, first)
    sent = OutboxMail.objects.count()
    for headers in ({}, builders.htmx()):
        answer = reply(desk.dana, second, "Try the other profile.", **headers)
        page = answer.content.decode()
        assert answer.status_code == 422
        assert f"Sam Okafor merged request {second.number} into request {first.number} meanwhile" in page
        assert "Try the other profile." in page
        assert reverse("request_reply", args=[first.number]) in page
    assert OutboxMail.objects.count() == sent
    assert reply(desk.dana, first, "Try the other profile.").status_code == 303
    assert builders.last_conversation(first).text == "Try the other profile."


def test_nothing_of_a_merged_request_is_changed(desk: Desk, two: tuple) -> None:
    first, second = two
    merge(desk.sam, second, first)
    form = {"technician": str(desk.dana.pk), "seen": ""}
    page = post(desk.dana, "request_properties", second, form).content.decode()
    assert "Sam Okafor merged request" in page
    second.refresh_from_db()
    assert second.technician is None and '<select id="property-' not in page_of(desk.dana, second)


def test_requesters_find_their_mails_at_their_merged_request_and_nothing_of_others(desk: Desk) -> None:
    bea = builders.person("Bea Lind", "bea@kestrel.example", "SDRequester", account=desk.kestrel)
    beas, toms = opened(desk, "bea", sender=BEA), opened(desk, "tom")
    merge(desk.dana, beas, toms)
    builders.request_by_mail(
        desk.box, sender=BEA, subject=f"##RE-{beas.number}##", text="Beas later.", message_id="<later@x>"
    )
    page = page_of(bea, beas)
    assert "Words of bea." in page and "Beas later." in page and f"RE-{toms.number}" in page
    assert "Words of tom." not in page and "VPN tom" not in page and "Dana" not in page
    assert "Take the merge back" not in page and 'id="composer"' not in page
    assert get(bea, "request", toms).status_code == 404
    page = page_of(desk.tom, toms)
    assert "Words of tom." in page and "Words of bea." not in page


def test_a_request_merged_by_way_of_another_names_the_last_one(desk: Desk, two: tuple) -> None:
    first, second = two
    third = opened(desk, "three")
    merge(desk.dana, second, first)
    merge(desk.dana, first, third)
    page = page_of(desk.dana, second)
    assert f"RE-{third.number}" in page and "VPN three" in page
    assert "Words of two." in page_of(desk.dana, third)
    post(desk.dana, "request_merge_back", second, {"seen": merging.seen_of(second)})
    assert "Words of two." in page_of(desk.dana, second)
    assert "Words of two." not in page_of(desk.dana, third)


def test_two_requests_are_linked_and_each_names_the_other(desk: Desk, two: tuple) -> None:
    first, second = two
    said = merge(desk.dana, second, first, act="link")
    assert "is linked: each names the other" in said
    for record, other in ((first, second), (second, first)):
        assert f"{other.number} <bdi>{other.subject}" in page_of(desk.dana, record)
    assert "linked already" in merge(desk.dana, first, second, act="link")
    entries = HistoryEntry.objects.filter(changes__contains=[["Linked to"]])
    assert {one.record for one in entries} == {first, second}
    page = post(desk.dana, "request_unlink", first, {"with": second.number}).content.decode()
    assert "not linked any more" in page and f"{second.number} <bdi>" not in page
    assert not Record.objects.exclude(linked_to=None).exists()


def chosen(who: Person, *records: Record, stays: Record | None = None) -> HttpResponse:
    client, url = builders.signed_in(who), reverse("requests_merge")
    form: dict[str, object] = {"number": [one.number for one in records]}
    if stays is None:
        return client.get(url, form, follow=True)  # type: ignore[return-value]
    return client.post(url, {**form, "stays": stays.number}, follow=True)  # type: ignore[return-value]


def test_several_requests_are_chosen_in_the_list_and_become_one(desk: Desk, two: tuple) -> None:
    three = (*two, opened(desk, "three", sender=BEA))
    listed = builders.signed_in(desk.dana).get(reverse("requests")).content.decode()
    assert all(f'name="number" value="{one.number}"' in listed for one in three)
    own = builders.signed_in(desk.tom).get(reverse("requests")).content.decode()
    assert 'name="number"' not in own and reverse("requests_merge") not in own
    asked = chosen(desk.dana, *three).content.decode()
    assert "Merge these 3 requests?" in asked and "They are of several people" in asked
    said = chosen(desk.dana, *three, stays=three[1]).content.decode()
    assert f"Requests {three[0].number}, {three[2].number} are merged into this one" in said
    assert all(words in said for words in ("Words of one.", "Words of two.", "Words of three."))
    assert set(Record.objects.values_list("merged_into", flat=True)) == {None, three[1].pk}


def test_of_several_all_are_merged_or_none(desk: Desk, two: tuple) -> None:
    first, second = two
    foreign = opened(desk, "else", sender="Helen Cho <helen@vantage.example>")
    for wrong, words in (
        ((first,), "Fewer than two requests are chosen"),
        ((first, second, foreign), "of another account"),
    ):
        assert words in chosen(desk.dana, *wrong).content.decode()
        assert words in chosen(desk.dana, *wrong, stays=first).content.decode()
    third = opened(desk, "three")
    merge(desk.sam, third, second)
    assert "is merged itself" in chosen(desk.dana, first, third, stays=first).content.decode()
    with pytest.raises(NotMerged):
        merging.merge_all([second.pk, third.pk], first.pk, desk.dana)
    assert list(Record.objects.exclude(merged_into=None)) == [third]
    assert chosen(desk.dana, first, second, stays=foreign).status_code == 404
    assert chosen(desk.tom, first, second, stays=first).status_code == 403


def test_a_failed_reply_of_a_merged_request_shows_at_the_one_that_stays(desk: Desk, two: tuple) -> None:
    first, second = two
    reply(desk.dana, second, "Try again.")
    OutboxMail.objects.filter(sending_class=2).update(state="failed", server=None)
    merge(desk.dana, second, first)
    assert Conversation.objects.filter(record=first, direction="out").exists()
    listed = builders.signed_in(desk.dana).get(reverse("requests")).content.decode()
    assert "delivery failed" in listed


def test_a_merged_request_cannot_be_merged_again_by_somebody_who_reads_an_old_page(
    desk: Desk, two: tuple
) -> None:
    first, second = two
    merge(desk.dana, second, first)
    answer = builders.signed_in(desk.sam).get(reverse("request_merge", args=[second.number]), follow=True)
    assert "Dana Whitfield merged request" in answer.content.decode()


def test_all_that_a_page_of_the_list_offers_is_merged_at_once_and_too_many_are_told(desk: Desk) -> None:
    first = opened(desk, "one")
    rows = [
        Record(
            **{
                name: getattr(first, name)
                for name in (
                    "module",
                    "instance",
                    "account",
                    "subject",
                    "status",
                    "requester",
                    "created_at",
                    "updated_at",
                )
            },
            number=first.number + n,
        )
        for n in range(1, 61)
    ]
    Record.objects.bulk_create(rows)
    records = [first, *rows]
    said = chosen(desk.dana, *records, stays=first).content.decode()
    assert "61 requests are chosen, and at most 50 are merged at once. Nothing was done. To do: " in said
    assert not Record.objects.exclude(merged_into=None).exists()
    chosen(desk.dana, *records[:50], stays=first)
    assert Record.objects.filter(merged_into=first).count() == 49
    page = page_of(desk.dana, first)
    assert "and 29 more" in page


def test_of_chosen_requests_one_that_is_gone_is_not_left_out_silently(desk: Desk, two: tuple) -> None:
    third = opened(desk, "three")
    Record.objects.filter(pk=third.pk).update(deleted_at=third.created_at)
    for stays in (None, two[0]):
        said = chosen(desk.dana, *two, third, stays=stays).content.decode()
        assert f"There is no request {third.number} that you work on. Nothing was done. To do: " in said
    assert not Record.objects.exclude(merged_into=None).exists()


def test_the_request_that_stays_notifies_whom_it_names_itself(desk: Desk, two: tuple) -> None:
    first, second = two
    for record, address in ((first, "one@bolt.example"), (second, "two@bolt.example")):
        field_builders.sets(desk.dana, record, EmailsToNotify=address)
    merge(desk.dana, second, first)
    has = {one: present_of(one).fields["EmailsToNotify"] for one in two}
    assert has == {first: "one@bolt.example", second: "two@bolt.example"}
    closed = Status.objects.get(name="Closed")
    post(desk.dana, "request_properties", first, {"status": closed.pk})
    told = OutboxMail.objects.filter(event="request_closed").values_list("to", flat=True)
    assert {address for to in told for _, address in to} == {"tom@kestrel.example", "one@bolt.example"}
