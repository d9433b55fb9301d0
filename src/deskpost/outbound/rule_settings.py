"""Notification rules as settings: whether an event is told by mail, and the technicians on its list."""

from django.db import IntegrityError, transaction

from deskpost.desk import settings
from deskpost.desk.events import EVENTS
from deskpost.desk.installation import Instance, InstanceAlert
from deskpost.desk.people import Person
from deskpost.outbound.rules import NotificationRule, RuleTechnician


def saved(event: str) -> NotificationRule | None:
    """Give the rule of an event, None while what holds without one was never changed."""
    return NotificationRule.objects.filter(event=event).first()


def rule(event: str) -> NotificationRule:
    """Give the rule of an event, locked; else a new one that says what holds without. In a transaction."""
    row = NotificationRule.objects.select_for_update().filter(event=event).first()
    return row or NotificationRule(event=event, enabled=EVENTS[event].enabled)


@transaction.atomic
def switch(actor: Person | None, via: str, event: str, on: bool) -> bool:
    """Switch an event's mails on or off. False: that is what holds already."""
    row = rule(event)
    if row.enabled == on:
        return False
    return bool(settings.change(actor, via, _saved(actor, via, row), {"enabled": on}))


@transaction.atomic
def put_on_list(actor: Person | None, via: str, event: str, person: Person) -> bool:
    """Put a technician on a rule's list. False: is on it already."""
    return _put(actor, via, RuleTechnician(rule=_saved(actor, via, rule(event)), person=person))


@transaction.atomic
def take_off_list(actor: Person | None, via: str, event: str, person: Person) -> bool:
    """Take a person off a rule's list. False: is not on it."""
    listed = RuleTechnician.objects.filter(rule__event=event, person=person)
    return _take(actor, via, listed.select_for_update().first())


def alert(actor: Person | None, via: str, instance: Instance, person: Person) -> bool:
    """Put a technician among those to alert of new requests of an instance. False: is among them already."""
    return _put(actor, via, InstanceAlert(instance=instance, person=person))


@transaction.atomic
def alert_no_more(actor: Person | None, via: str, instance: Instance, person: Person) -> bool:
    """Take a person out of those to alert of new requests of an instance. False: is not among them."""
    alerts = InstanceAlert.objects.filter(instance=instance, person=person)
    return _take(actor, via, alerts.select_for_update().first())


def _put(actor: Person | None, via: str, row: RuleTechnician | InstanceAlert) -> bool:
    try:
        settings.change(actor, via, row, {})
    except IntegrityError:
        return False
    return True


def _take(actor: Person | None, via: str, row: RuleTechnician | InstanceAlert | None) -> bool:
    if row is not None:
        settings.remove(actor, via, row)
    return row is not None


def _saved(actor: Person | None, via: str, row: NotificationRule) -> NotificationRule:
    """Give a rule that is in the database: this one, or the one that somebody saved at the same moment."""
    if not row._state.adding:
        return row
    try:
        settings.change(actor, via, row, {})
    except IntegrityError:
        return NotificationRule.objects.select_for_update().get(event=row.event)
    return row
