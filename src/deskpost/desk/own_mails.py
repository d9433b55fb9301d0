"""Which mails of their own requests people see who do not work on them: what they wrote, and what was for them.

What the desk writes to others about a request (a forward to a vendor, an answer to a colleague), what those answer,
and the notes are not for the requester. In SQL, so that lists, search and files ask it of many mails at once.
"""

from collections.abc import Collection, Sequence

from django.contrib.postgres.fields import ArrayField
from django.db.models import BooleanField, Func, Q, TextField, Value
from django.db.models.lookups import In

from deskpost.desk.conversations import Conversation
from deskpost.desk.people import PersonAddress

# What desk.people.fold makes of an address: lower case, the local part's plus-tag left out unless it begins with it.
_FOLDED = "regexp_replace(lower(btrim(%(expressions)s)), '^([^+]+)[+].*(@[^@]*)$', '\\1\\2')"
# The same of To and Cc, which are stored as [[name, address], ...].
_RECIPIENTS = (
    "ARRAY(SELECT regexp_replace(lower(btrim(pair ->> 1)), '^([^+]+)[+].*(@[^@]*)$', '\\1\\2')"
    " FROM jsonb_array_elements(%(expressions)s) pair)"
)


def written_by_or_to(person_id: int, keys: Sequence[str]) -> Q:
    """Give the condition on conversations: no note, and of this person or to or cc one of the (folded) addresses.

    And what the desk sent on to this person, as the requester.
    """
    mail, own = ~Q(direction=Conversation.Direction.NOTE), Q(author_id=person_id) | Q(relayed_to_id=person_id)
    if not keys:
        return mail & own
    texts: ArrayField[list[str], list[str]] = ArrayField(TextField())
    sender = Func("from_address", template=_FOLDED, output_field=TextField())
    recipients = Func("to", "cc", arg_joiner=" || ", template=_RECIPIENTS, output_field=texts)
    reached = Func(
        recipients,
        Value(list(keys), texts),
        arg_joiner=" && ",
        template="%(expressions)s",
        output_field=BooleanField(),
    )
    return mail & (own | Q(In(sender, list(keys))) | Q(reached))


def own_among(person_id: int, conversation_ids: Collection[int]) -> set[int]:
    """Give those of these conversations that are a person's own."""
    keys = list(PersonAddress.objects.filter(person=person_id).values_list("key", flat=True))
    mails = Conversation.objects.filter(written_by_or_to(person_id, keys), pk__in=conversation_ids)
    return set(mails.values_list("pk", flat=True))
