"""The mail trace as a list: who sees which mail, and how one is found."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from deskpost.inbound.deliver import deliver
from deskpost.inbound.messages import InboundMessage, MailOutcome, Undecided
from deskpost.inbound.trace_lists import Wanted, page
from tests.console import builders
from tests.console.conftest import Desk


def text_of(client: object, query: str = "") -> str:
    response = client.get(reverse("trace") + query)  # type: ignore[attr-defined]
    assert response.status_code == 200, response.status_code
    return str(response.content.decode())


def subjects(client: object, query: str = "") -> set[str]:
    """Give the subjects that a list shows."""
    return set(re.findall(r'data-row dir="auto">([^<]*)</a>', text_of(client, query)))


def counts(client: object, query: str = "") -> dict[str, str]:
    """Give the tabs with their counts."""
    found = re.findall(r'<a class="tab"[^>]*>([^<]*)<span class="num">([^<]*)</span>', text_of(client, query))
    return dict(found)


def morning(desk: Desk) -> None:
    """Let mails of every present outcome come in."""
    take = lambda **parts: deliver(desk.box, builders.mail(**parts))  # noqa: E731
    take(subject="VPN drops", message_id="<1@x>")
    take(
        subject="Re: ##RE-1## VPN drops", message_id="<2@x>", text="It does", cc="Ilse <ilse@kestrel.example>"
    )
    take(subject="The lease of floor 4", sender="Helen Cho <helen@vantage.example>", message_id="<3@x>")
    take(subject="##RE-1## mine too", sender="Eve <eve@home.example>", message_id="<4@x>", text="Held")
    take(subject="Away", message_id="<5@x>", text="Monday", Auto_Submitted="auto-replied")
    other = builders.mailbox("Second", addresses=["second@northgate-it.example"], new_requests_disabled=True)
    deliver(other, builders.mail(subject="VPN drops", message_id="<1@x>"))
    deliver(other, builders.mail(subject="No entry", message_id="<6@x>", text="Refused"))


ALL = {"VPN drops", "Re: ##RE-1## VPN drops", "The lease of floor 4", "##RE-1## mine too", "Away", "No entry"}


def test_the_trace_is_for_those_who_may_view_it(desk: Desk) -> None:
    for who, status in ((desk.admin, 200), (desk.dana, 200), (desk.tom, 403)):
        client = builders.signed_in(who)
        assert client.get(reverse("trace")).status_code == status
        shown = f'href="{reverse("trace")}"' in client.get(reverse("requests")).content.decode()
        assert shown == (status == 200)


def test_a_mail_is_found_by_all_that_is_known_of_it(desk: Desk) -> None:
    morning(desk)
    client = builders.signed_in(desk.admin)
    second = InboundMessage.objects.filter(mailbox__name="Second")[0].mailbox_id
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    found = {
        "": ALL,
        "?sender=helen": {"The lease of floor 4"},
        "?sender=Helen Cho <helen@vantage.example>": {"The lease of floor 4"},
        "?sender=@vantage.example": {"The lease of floor 4"},
        "?sender=vant": {"The lease of floor 4"},
        "?sender=cho": {"The lease of floor 4"},
        "?sender=elen": set(),
        "?recipient=ilse@kestrel.example": {"Re: ##RE-1## VPN drops"},
        "?recipient=ilse": {"Re: ##RE-1## VPN drops"},
        "?subject=lease floor": {"The lease of floor 4"},
        "?subject=FLO": {"The lease of floor 4"},
        "?subject=##RE-1##": {"Re: ##RE-1## VPN drops", "##RE-1## mine too"},
        "?subject=%27%26|!": set(),
        "?message_id=3@x": {"The lease of floor 4"},
        "?message_id=<3@x>": {"The lease of floor 4"},
        "?outcome=held": {"##RE-1## mine too"},
        "?outcome=stopped": {"##RE-1## mine too", "No entry"},
        "?outcome=duplicate": {"VPN drops"},
        "?outcome=automatic": {"Away"},
        "?outcome=conversation": {"Re: ##RE-1## VPN drops"},
        "?outcome=error": set(),
        f"?mailbox={second}": {"VPN drops", "No entry"},
        f"?mailbox={second}&outcome=refused&sender=tom": {"No entry"},
        "?when=today": ALL,
        "?when=yesterday": set(),
        f"?since={tomorrow}": set(),
        f"?until={tomorrow}": ALL,
        "?outcome=nonsense&when=never&since=soon&mailbox=x&before=y": ALL,
    }
    for query, expected in found.items():
        assert subjects(client, query.replace("#", "%23").replace("<", "%3C")) == expected, query
    assert counts(client) == {
        "Dropped, refused, held": "2",
        "Errors": "0",
        "Delivery reports": "0",
        "Automatic": "1",
        "Duplicates": "1",
    }
    assert "No mail fits these filters" in text_of(client, "?subject=nowhere")


def test_who_works_in_one_account_finds_its_mails_and_those_of_its_mailbox(desk: Desk) -> None:
    morning(desk)
    theirs = builders.mailbox("Kestrel", account=desk.kestrel, addresses=["k@northgate-it.example"])
    deliver(
        theirs, builders.mail(subject="Gone", message_id="<7@x>", text="x", Auto_Submitted="auto-replied")
    )
    other = builders.mailbox("Vantage", account=desk.vantage, addresses=["v@northgate-it.example"])
    deliver(
        other, builders.mail(subject="Secret", message_id="<8@x>", text="y", Auto_Submitted="auto-replied")
    )
    who = builders.person(
        "Tara", "tara@kestrel.example", "SDTechnician", account=desk.kestrel, within=desk.kestrel
    )
    client = builders.signed_in(who)
    # the held mail waits at a request of Kestrel; what a common mailbox ended is only for those who see all
    assert subjects(client) == {"VPN drops", "Re: ##RE-1## VPN drops", "##RE-1## mine too", "Gone"}
    assert counts(client) == {
        "Dropped, refused, held": "1",
        "Errors": "0",
        "Delivery reports": "0",
        "Automatic": "1",
        "Duplicates": "0",
    }
    page_text = text_of(client)
    assert "Kestrel" in page_text
    assert "Second" not in page_text and "Vantage" not in page_text


def test_a_mail_of_another_account_that_waits_at_a_request_is_for_those_who_work_there(desk: Desk) -> None:
    builders.request_by_mail(desk.box)
    told = deliver(
        desk.box,
        builders.mail(
            subject="##RE-1## salaries", sender="Helen Cho <helen@vantage.example>", message_id="<9@x>"
        ),
    )
    assert told["outcome"]["kind"] == "held"
    held = MailOutcome.objects.get(message_id="<9@x>")
    tara = builders.person(
        "Tara", "tara@kestrel.example", "SDAccountAdmin", account=desk.kestrel, within=desk.kestrel
    )
    vera = builders.person(
        "Vera", "vera@vantage.example", "SDAccountAdmin", account=desk.vantage, within=desk.vantage
    )
    for who, status in ((vera, 404), (tara, 200), (desk.admin, 200)):
        client = builders.signed_in(who)
        for route in ("trace_mail", "trace_source"):
            assert client.get(reverse(route, args=[held.pk])).status_code == status
        assert ("salaries" in text_of(client)) == (status == 200)


def test_a_mail_that_waits_is_in_the_list(desk: Desk) -> None:
    deliver(desk.box, builders.mail(message_id="<1@x>"))
    mail = InboundMessage.objects.get()
    mail.outcome.delete()
    Undecided.objects.create(mail=mail, mailbox=desk.box)
    client = builders.signed_in(desk.admin)
    assert "It waits for its turn" in text_of(client, "?outcome=waiting")
    answer = client.get(reverse("trace_mail", args=[mail.pk]))
    assert answer.status_code == 200 and "Waits to be processed" in answer.content.decode()


def test_parts_of_a_list_follow_one_another_without_a_gap(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deskpost.inbound.trace_lists.PAGE", 3)
    morning(desk)
    client = builders.signed_in(desk.admin)
    seen: list[str] = []
    query: str | None = ""
    while query is not None:
        text = text_of(client, query)
        seen += re.findall(r'data-row dir="auto">([^<]*)</a>', text)
        following = re.search(r'href="/trace/(\?before=\d+)" rel="next"', text)
        query = following[1] if following else None
    assert len(seen) == 7 and set(seen) == ALL
    assert seen[0] == "No entry" and seen[-1] == "VPN drops"


def test_a_list_of_two_parts_is_in_one_order(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from deskpost.desk.roles import visible

    monkeypatch.setattr("deskpost.inbound.trace_lists.PAGE", 2)
    theirs = builders.mailbox("Kestrel", account=desk.kestrel, addresses=["k@northgate-it.example"])
    for number in range(5):
        headers = {"Auto_Submitted": "auto-replied"} if number % 2 else {}
        deliver(
            theirs,
            builders.mail(subject=f"N{number}", message_id=f"<{number}@x>", text=str(number), **headers),
        )
    who = builders.person(
        "Tara", "t@kestrel.example", "SDTechnician", account=desk.kestrel, within=desk.kestrel
    )
    found, before = page(visible(who), Wanted(), None)
    assert [mail.outcome.subject for mail in found] == ["N4", "N3"]
    found, before = page(visible(who), Wanted(), before)
    assert [mail.outcome.subject for mail in found] == ["N2", "N1"]
