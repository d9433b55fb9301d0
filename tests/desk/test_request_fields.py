"""What the database refuses of requests' fields, whoever writes: what is of others, wrong parents, lost keys."""

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction

from deskpost.desk.accounts import Site
from deskpost.desk.additional_fields import AdditionalField
from deskpost.desk.assets import Asset
from deskpost.desk.categories import Category, Item, Subcategory
from deskpost.desk.request_details import RequestAsset, RequestDetails
from deskpost.desk.request_fields import BY_ADDRESS, FIELDS, NOT_A_FIELD, folded, is_reserved
from deskpost.desk.templates import Question, Resource, Template, key_of_question, new_key
from tests.inbound.builders import account
from tests.outbound import builders as make

pytestmark = pytest.mark.usefixtures("database")


def refused(write) -> str | None:
    """Give the name of the promise that a write breaks by its commit."""
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        write()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert isinstance(caught.value.__cause__, psycopg.Error)
    return caught.value.__cause__.diag.constraint_name


def test_a_request_has_nothing_of_another_account_and_no_child_of_another_parent():
    acme, bolt = account("Acme", "acme.example"), account("Bolt", "bolt.example")
    record = make.record(make.person("Al", of=acme))
    bolts_site = Site.objects.create(account=bolt, name="Bonn")
    bolts_asset = Asset.objects.create(account=bolt, name="PC-1")
    one, other = Category.objects.create(name="Network"), Category.objects.create(name="Print")
    vpn = Subcategory.objects.create(category=one, name="VPN")
    queue = Subcategory.objects.create(category=other, name="Queue")
    toner = Item.objects.create(subcategory=queue, name="Toner")

    def details(**values):
        return lambda: RequestDetails.objects.create(record=record, account=acme, **values)

    assert refused(details(site=bolts_site)) == "request_details_site_of_its_own"
    assert refused(details(category=one, subcategory=queue)) == "request_details_subcategory_of_its_own"
    assert refused(details(subcategory=vpn)) == "request_subcategory_has_category"
    assert refused(details(category=one, subcategory=vpn, item=toner)) == "request_details_item_of_its_own"
    assert refused(lambda: RequestDetails.objects.create(record=record, account=bolt)) == (
        "request_details_record_of_its_own"
    )
    assert refused(lambda: RequestAsset.objects.create(record=record, account=acme, asset=bolts_asset)) == (
        "request_asset_asset_of_its_own"
    )
    assert refused(lambda: Asset.objects.create(account=acme, site=bolts_site, name="PC-2")) == (
        "asset_site_of_its_own"
    )


def test_a_label_that_reads_like_a_field_or_a_command_is_no_additional_field():
    for label in ("Sub-category", "request id", "OPERATION", "TechnicianEmail", "==", "a=b", "Assets"):
        assert refused(lambda label=label: AdditionalField.objects.create(label=label, kind="text")) == (
            "additional_field_label_free"
        )
    AdditionalField.objects.create(label="Cost Centre", kind="text")
    assert refused(lambda: AdditionalField.objects.create(label="cost centre", kind="text")) == (
        "additional_field_label_once"
    )
    for name in (*FIELDS, *BY_ADDRESS, *NOT_A_FIELD):
        assert is_reserved(name)
        assert refused(lambda name=name: AdditionalField.objects.create(label=name, kind="text")), folded(
            name
        )


def test_an_api_key_is_given_once():
    template = Template.objects.create(name="Laptop", kind="service")
    resource = Resource.objects.create(template=template, name="Device", api_key=new_key("res"))
    question = Question.objects.create(
        resource=resource,
        text="Brand",
        kind="select",
        options=["a"],
        api_key=new_key(key_of_question("select")),
    )
    assert (resource.api_key, question.api_key) == ("res_301", "qstn_select_302")
    for one in (resource, question):
        one.api_key = "another"
        assert refused(one.save) == "api_key_stays"


def test_there_is_one_default_template_and_it_serves_all():
    shipped = Template.objects.get(default=True)
    assert refused(lambda: Template.objects.create(name="Second", default=True)) == "template_one_default"
    shipped.for_requesters = False
    assert refused(shipped.save) == "template_default_serves_all"


@pytest.mark.parametrize(
    "given",
    [
        [f"a{n}@bolt.example" for n in range(21)],
        ["a@bolt.example", "a@bolt.example"],
        ["a@bolt.example\r\nBcc: b@bolt.example"],
        ["a@Bolt.example"],
        ["a@bolt"],
        ["Ann <a@bolt.example>"],
        ["a@bolt.example, b@bolt.example"],
        [""],
        [None],
        [f"{'a' * 250}@bolt.example"],
    ],
)
def test_what_is_no_list_of_addresses_is_not_notified(given: list[str | None]):
    record = make.record(make.person("Al"))

    def write(notify: list[str | None]) -> None:
        RequestDetails.objects.create(record=record, account=record.account, notify=notify)

    assert refused(lambda: write(given)) == "request_notify_addresses"
    write([f"a{n}@b\N{LATIN SMALL LETTER U WITH DIAERESIS}.example" for n in range(20)])
