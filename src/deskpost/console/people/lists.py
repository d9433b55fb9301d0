"""The lists of technicians who are told of something: who is no technician any more is on none of them."""

from deskpost.desk.installation import Instance
from deskpost.desk.people import Person
from deskpost.outbound import rule_settings
from deskpost.outbound.rules import RuleTechnician


def take_off(actor: Person, person: Person) -> None:
    """Take somebody off the lists of notification rules, and out of those to alert of new requests."""
    for event in RuleTechnician.objects.filter(person=person).values_list("rule__event", flat=True):
        rule_settings.take_off_list(actor, "page", event, person)
    for instance in Instance.objects.filter(alerts__person=person):
        rule_settings.alert_no_more(actor, "page", instance, person)
