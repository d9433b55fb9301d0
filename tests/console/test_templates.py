"""Templates of requests: their fields, closing rules, where they are offered, resources with questions, history."""

import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from deskpost import settings_file
from deskpost.desk import additional_field_settings as fields
from deskpost.desk import settings_history, template_settings
from deskpost.desk.additional_fields import AdditionalField
from deskpost.desk.request_details import Answer
from deskpost.desk.settings_history import Wanted
from deskpost.desk.templates import Question, Resource, Template
from deskpost.inbound.command.settings import EmailCommand
from tests.console import builders
from tests.console.conftest import Desk
from tests.console.test_groups import save, wrong

URL = "/admin/templates/"


@pytest.fixture
def starter(desk: Desk) -> Template:
    """Give a service template with a laptop of three questions."""
    template = Template.objects.create(
        name="New starter kit",
        kind="service",
        requester_fields=["Priority"],
        technician_fields=["Priority", "Group", "Technician"],
        position=1,
    )
    laptop = Resource.objects.create(template=template, name="Laptop", api_key="res_1")
    for place, (kind, text, options) in enumerate(
        (
            ("select", "Model", ["compaq", "latitude 7450"]),
            ("check", "Software", ["Office", "Visio", "AutoCAD, full"]),
            ("text", "Name on the label", []),
        )
    ):
        Question.objects.create(
            resource=laptop,
            kind=kind,
            text=text,
            options=options,
            api_key=f"qstn_{kind}",
            position=place,
            for_requester=kind != "text",
        )
    return template


def page_of(client: Client, url: str) -> str:
    """Give the text of a page, as it is read."""
    response = client.get(url)
    assert response.status_code == 200, response.status_code
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def send(client: Client, resource: Resource, act: str = "save", **values: Any) -> HttpResponse:
    """Open a resource and press one of its buttons, with some fields typed anew."""
    url = f"{URL}resources/{resource.pk}/"
    form = client.get(url).context["form"]
    sent: dict[str, Any] = {"seen": form["seen"].value(), "name": form["name"].value()}
    for one in form.questions:
        for name in one.fields:
            value = one[name].value()
            shown = "\n".join(value) if isinstance(value, list) else value
            if shown not in (None, False):
                sent[one.add_prefix(name)] = shown
    return client.post(url, {**sent, **values, "act": act})  # type: ignore[return-value]


def said(response: HttpResponse) -> str:
    """Give what the page of a form that was not saved says."""
    assert response.status_code == 422
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_a_template_is_made_like_the_default_one_and_its_fields_are_ticked(desk: Desk) -> None:
    client, default = builders.signed_in(desk.admin), Template.objects.get(default=True)
    AdditionalField.objects.create(label="Cost Centre", kind="text")
    answer = save(client, f"{URL}new/", name="Laptop order", kind="service")
    made = Template.objects.get(name="Laptop order")
    assert answer.headers["Location"] == f"{URL}{made.pk}/"
    assert (made.kind, made.requester_fields) == ("service", default.requester_fields)
    page = page_of(client, f"{URL}{made.pk}/")
    assert "Subcategory SubCategory" in page and "Cost Centre" in page
    url = f"{URL}{made.pk}/"
    ticked = {"requester_fields": ["Priority", "Cost Centre"], "technician_fields": ["Status"]}
    assert save(client, url, **ticked).status_code == 303
    made.refresh_from_db()
    assert (made.requester_fields, made.technician_fields) == (["Priority", "Cost Centre"], ["Status"])
    assert "One of these fields is gone" in wrong(
        save(client, url, requester_fields=["Colour"]), "requester_fields"
    )
    assert "Another template has this name" in wrong(save(client, url, name=default.name.upper()), "name")
    AdditionalField.objects.update(deleted_at=timezone.now())
    save(client, url, requester_fields=["Priority", "Impact"])
    made.refresh_from_db()
    assert made.requester_fields == ["Priority", "Impact", "Cost Centre"], (
        "a field that was removed may come back"
    )
    assert "Laptop order Service" in page_of(client, URL).replace("0 resources", "")


def test_closing_rules_and_where_it_is_offered(desk: Desk, starter: Template) -> None:
    client = builders.signed_in(desk.admin)
    assert save(client, f"{URL}{starter.pk}/closing/", closing_fields=["Resolution"]).status_code == 303
    answer = save(client, f"{URL}{starter.pk}/closing/", closing_fields=["Status"])
    assert "One of these fields is gone" in wrong(answer, "closing_fields")
    url = f"{URL}{starter.pk}/offered/"
    sent = {"for_requesters": "False", "accounts": [str(desk.kestrel.pk)]}
    assert save(client, url, **sent).status_code == 303
    starter.refresh_from_db()
    assert (starter.closing_fields, starter.for_requesters) == (["Resolution"], False)
    for account, works, offered in (
        (desk.kestrel, True, True),
        (desk.kestrel, False, False),
        (desk.vantage, True, False),
    ):
        assert template_settings.offered_at(account.pk, works).filter(pk=starter.pk).exists() == offered
    assert "Kestrel Logistics; technicians only" in page_of(client, URL)


def test_the_default_template_stays_and_has_one_successor(desk: Desk, starter: Template) -> None:
    client, default = builders.signed_in(desk.admin), Template.objects.get(default=True)
    assert "cannot be removed" in page_of(client, f"{URL}{default.pk}/remove/")
    client.post(f"{URL}{default.pk}/remove/")
    client.post(f"{URL}{starter.pk}/default/")
    default.refresh_from_db()
    assert default.default and default.deleted_at is None, "a service template cannot be the default one"
    general = Template.objects.create(name="General", position=2)
    client.post(f"{URL}{general.pk}/default/")
    assert [one.name for one in Template.objects.filter(default=True)] == ["General"]
    assert "Remove the template Default request?" in page_of(client, f"{URL}{default.pk}/remove/")
    assert client.post(f"{URL}{default.pk}/remove/").status_code == 303
    assert client.get(f"{URL}{default.pk}/").status_code == 404
    removal, *_ = settings_history.versions(Wanted(("template",), row=default.pk), 9)
    history = client.get(f"/admin/history/?kind=template&open=template-{removal.id}")
    version = re.search(r'name="version" value="([^"]+)"', history.content.decode())
    assert version is not None, "the removal can be undone where it is told"
    client.post("/admin/history/restore/", {"version": version[1], "newest": str(removal.id)})
    default.refresh_from_db()
    assert default.deleted_at is None and not default.default


def test_a_resource_is_added_and_its_questions_keep_their_keys(desk: Desk, starter: Template) -> None:
    client = builders.signed_in(desk.admin)
    answer = client.post(f"{URL}{starter.pk}/resources/", {"name": "Phone"})
    phone = Resource.objects.get(name="Phone")
    assert answer.headers["Location"] == f"{URL}resources/{phone.pk}/" and re.fullmatch(
        r"res_\d+", phone.api_key
    )
    assert "has this name" in said(client.post(f"{URL}{starter.pk}/resources/", {"name": "phone"}))  # type: ignore[arg-type]
    new = {
        "q-new-text": "Colour",
        "q-new-kind": "radio",
        "q-new-options": "black\nred, dark\n",
        "q-new-for_requester": "on",
    }
    assert "one on each line" in said(send(client, phone, "add", **{**new, "q-new-options": " \n"}))
    assert send(client, phone, "add", **new).status_code == 303
    colour = Question.objects.get(text="Colour")
    key = colour.api_key
    assert (colour.options, colour.for_requester, colour.for_technician) == (
        ["black", "red, dark"],
        True,
        False,
    )
    assert re.fullmatch(r"qstn_radio_\d+", key)
    changed = {f"q-{colour.pk}-text": "Case", f"q-{colour.pk}-options": "black\nblack"}
    refused = send(client, phone, **changed)
    assert "stands here twice" in said(refused) and 'value="Case"' in refused.content.decode()
    send(client, phone, name="Telephone", **{**changed, f"q-{colour.pk}-options": "white"})
    colour.refresh_from_db()
    phone.refresh_from_db()
    assert (colour.text, colour.options, colour.api_key, phone.name) == ("Case", ["white"], key, "Telephone")
    double = {"q-new-text": "case", "q-new-kind": "text"}
    assert "Another question of this resource reads so" in said(send(client, phone, "add", **double))
    send(client, phone, "add", **{**double, "q-new-text": "Label", "q-new-max_length": "12"})
    label = Question.objects.get(text="Label")
    assert (label.max_length, label.options) == (12, []) and label.api_key.startswith("qstn_string_")


def test_questions_and_resources_are_moved_and_removed_softly(desk: Desk, starter: Template) -> None:
    client, laptop = builders.signed_in(desk.admin), Resource.objects.get()
    model, software, label = Question.objects.order_by("position")

    def order() -> list[str]:
        return list(
            laptop.questions.filter(deleted_at=None).order_by("position").values_list("text", flat=True)
        )

    send(client, laptop, f"up.{software.pk}")
    assert order() == ["Software", "Model", "Name on the label"]
    send(client, laptop, f"up.{software.pk}")
    send(client, laptop, f"remove.{model.pk}")
    assert order() == ["Software", "Name on the label"]
    model.refresh_from_db()
    assert model.deleted_at is not None and model.text == "Model"
    phone = added_phone(client, starter)
    client.post(f"{URL}resources/{phone.pk}/", {"act": "move.up"})
    names = [one.name for one in starter.resources.order_by("position")]
    assert names == ["Phone", "Laptop"]
    assert client.post(f"{URL}resources/{laptop.pk}/", {"act": "remove"}).status_code == 303
    assert client.get(f"{URL}resources/{laptop.pk}/").status_code == 404
    removal, *_ = settings_history.versions(Wanted(("resource",), row=laptop.pk), 1)
    assert removal.old_id is not None
    client.post(
        "/admin/history/restore/", {"version": f"resource-{removal.old_id}", "newest": str(removal.id)}
    )
    assert client.get(f"{URL}resources/{laptop.pk}/").status_code == 200


def added_phone(client: Client, template: Template) -> Resource:
    """Add a phone on the page."""
    client.post(f"{URL}{template.pk}/resources/", {"name": "Phone"})
    return Resource.objects.get(name="Phone")


def test_an_option_that_requests_are_answered_with_stays_whoever_takes_it_out(
    desk: Desk, starter: Template, tmp_path: Path
) -> None:
    client, software = builders.signed_in(desk.admin), Question.objects.get(text="Software")
    request = builders.request_by_mail(desk.box)
    options = f"q-{software.pk}-options"
    assert send(client, software.resource, **{options: "Office\nAutoCAD, full"}).status_code == 303
    assert send(client, software.resource, **{options: "Office\nAutoCAD, full\nVisio"}).status_code == 303
    Answer.objects.create(record=request, account=request.account, question=software, values=["Visio"])
    words = "1 request is answered with Visio, so it stays. To do: give it another answer first."
    assert words in said(send(client, software.resource, **{options: "Office\nTeams"}))
    file = tmp_path / "settings.yaml"
    templates = yaml.safe_load(settings_file.export())["templates"]
    templates[1]["resources"][0]["questions"][1]["options"].remove("Visio")
    file.write_text(yaml.safe_dump({"templates": templates}))
    with pytest.raises(settings_file.SettingsMistaken) as mistaken:
        settings_file.apply(settings_file.read(file))
    assert [str(one.said) for one in mistaken.value.mistakes] == [words]
    without = next(
        one
        for one in settings_history.versions(Wanted(("question",), row=software.pk), 9)
        if "Visio" not in one.new["options"]
    )
    assert words in restored(client, without)
    software.refresh_from_db()
    assert software.options == ["Office", "AutoCAD, full", "Visio"]
    assert send(client, software.resource, **{options: "Visio\nTeams"}).status_code == 303


def restored(client: Client, version: settings_history.Version) -> str:
    """Bring a version back, and give the page that follows."""
    newest, *_ = settings_history.versions(Wanted((version.kind,), row=version.row), 1)
    values = {"version": f"{version.kind}-{version.id}", "newest": str(newest.id)}
    return client.post(reverse("settings_restore"), values, follow=True).content.decode()


def test_an_earlier_version_of_a_template_comes_back_with_the_fields_that_there_are(desk: Desk) -> None:
    client, template = builders.signed_in(desk.admin), Template.objects.get(default=True)
    cost = AdditionalField()
    fields.save(desk.admin, "page", cost, "Cost", "text", [])
    names = ["Cost", "Resolution", "Never was"]
    template_settings.save(desk.admin, "page", template, {"closing_fields": names})
    fields.save(desk.admin, "page", cost, "Cost centre", "text", [])
    template_settings.save(desk.admin, "page", Template.objects.get(pk=template.pk), {"closing_fields": []})
    earlier = next(
        one
        for one in settings_history.versions(Wanted(("template",), row=template.pk), 9)
        if one.new["closing_fields"] == names
    )
    page = restored(client, earlier)
    assert "so they did not come back: Never was." in page
    template.refresh_from_db()
    assert template.closing_fields == ["Cost centre", "Resolution"]


def test_a_template_is_moved_and_a_new_request_offers_them_in_this_order(
    desk: Desk, starter: Template
) -> None:
    client, default = builders.signed_in(desk.admin), Template.objects.get(default=True)
    Template.objects.create(name="Removed", deleted_at=timezone.now())
    last = Template.objects.create(name="Guest account", position=1)
    url = f"{URL}{last.pk}/move/"

    def listed() -> list[str]:
        return [row["template"].name for row in client.get(URL).context["rows"]]

    assert listed() == [default.name, starter.name, last.name]
    answer = client.post(url, {"by": "up"})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{URL}#template-{last.pk}")
    assert listed() == [default.name, last.name, starter.name]
    for _ in range(3):
        client.post(url, {"by": "up"})
    client.post(url, {"by": "sideways"})
    assert listed() == [last.name, default.name, starter.name]
    offered = client.get("/requests/new/").content.decode()
    places = [offered.index(f">{name}<") for name in listed()]
    assert places == sorted(places)
    history = page_of(client, f"/admin/history/?kind=template&row={last.pk}")
    assert "Priya Raman" in history and "Position" in history, history
    assert client.get(url).status_code == 405
    assert client.post(f"{URL}{last.pk + 99}/move/", {"by": "up"}).status_code == 404
    assert builders.signed_in(desk.dana).post(url, {"by": "down"}).status_code == 403
    assert listed() == [last.name, default.name, starter.name]


def test_before_a_template_is_removed_its_mailboxes_are_named(desk: Desk, starter: Template) -> None:
    client, url = builders.signed_in(desk.admin), reverse("template_remove", args=[starter.pk])
    assert "instead" not in page_of(client, url)
    type(desk.box).objects.filter(pk=desk.box.pk).update(default_template=starter)
    assert f"get the default template instead: {desk.box.name}." in page_of(client, url)


def test_of_two_editors_of_a_resource_the_second_is_told(desk: Desk, starter: Template) -> None:
    client, laptop = builders.signed_in(desk.admin), Resource.objects.get()
    seen = client.get(f"{URL}resources/{laptop.pk}/").context["form"]["seen"].value()
    model = Question.objects.get(text="Model")
    send(client, laptop, **{f"q-{model.pk}-text": "Type"})
    answer = send(client, laptop, seen=seen, name="Notebook")
    assert "Priya Raman saved these settings" in said(answer)
    laptop.refresh_from_db()
    assert laptop.name == "Laptop"


def test_the_command_by_mail_and_what_would_be_kept_of_it_stand_beside_the_resource(
    desk: Desk, starter: Template
) -> None:
    client, laptop = builders.signed_in(desk.admin), Resource.objects.get()
    page = page_of(client, f"{URL}{starter.pk}/resources/")
    assert "$RequestTemplate=New starter kit$" in page and "@@res_1.qstn_select=compaq@@" in page
    assert "@@res_1.qstn_check=Visio, AutoCAD, full@@" in page and "Software Visio; AutoCAD, full" in page
    assert "Removed: a select question takes one answer, this has two" in page
    assert "used by 0 requests this year" in page
    EmailCommand.objects.update(enabled=True, subject_contains="@@desk", delimiter="%")
    text = client.get(f"{URL}{starter.pk}/resources/").content.decode()
    assert "%RequestTemplate=New starter kit%" in text
    hidden = re.findall(
        r'<input type="hidden" name="(\w+)" value="([^"]*)"', text.partition("email-command/try/")[2]
    )
    tried = client.post(reverse("email_command_try"), {name: unescape(value) for name, value in hidden})
    assert tried.context["shown"].title == "A request would be opened"
    assert {one.name for one in tried.context["shown"].rows if one.kept} >= {
        "RequestTemplate",
        "res_1.qstn_check",
    }
    Question.objects.filter(text="Model").update(for_technician=False)
    assert "no such question" in page_of(client, f"{URL}resources/{laptop.pk}/")
    incident = Template.objects.get(default=True)
    assert client.get(f"{URL}{incident.pk}/resources/").status_code == 404


def test_who_may_set_the_desk_and_no_mail_finds_templates_and_their_history(
    desk: Desk, starter: Template
) -> None:
    from deskpost.desk.roles import Role

    Role.objects.create(name="Sets the desk", permissions=["settings.desk", "request.view"])
    client = builders.signed_in(builders.person("Rita", "rita@northgate-it.example", "Sets the desk"))
    page = page_of(client, "/admin/")
    assert "Templates" in page and "Spam Filter" not in page
    assert "Closing rules" in page_of(client, f"{URL}{starter.pk}/closing/")
    found = client.get("/admin/?q=before closing").content.decode()
    assert "Filled before closing" in found and f"{URL}{starter.pk}/closing/#id_closing_fields_0" in found
    assert f"{URL}{starter.pk}/#id_requester_fields" in client.get("/admin/?q=who gets").content.decode()
    history = page_of(client, "/admin/history/")
    assert "Request template, New starter kit" in history
    assert client.get("/admin/mail-server-settings/delimiters/").status_code == 403
    assert builders.signed_in(desk.dana).get(URL).status_code == 403
