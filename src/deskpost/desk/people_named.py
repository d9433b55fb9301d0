"""People whom somebody names in a request: its technician and its requester, by name or by address."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from deskpost.desk import permitted
from deskpost.desk.additional_values import Unfit
from deskpost.desk.one_address import read_one
from deskpost.desk.people import Person, PersonAddress, fold
from deskpost.desk.roles import Visible

_MOST = 100  # people of one name who are looked at


@dataclass(frozen=True, slots=True)
class People:
    """Those of an account's people, or of its technicians, whom somebody may see."""

    desk: Visible
    account_id: int
    site_id: int | None

    def technicians(self) -> QuerySet[Person]:
        """Give the technicians who can be given a request of this account and site."""
        works = permitted.technicians_for(self.account_id, self.site_id)
        return works.filter(pk__in=self.desk.technicians.values("pk"))

    def requesters(self) -> QuerySet[Person]:
        """Give the people of the account: all, those of the sites in scope, and oneself."""
        person = self.desk.person
        seen = Q(pk=person.pk)
        if self.desk.may_at("request.view", self.account_id, None):
            seen = Q()
        elif sites := self.desk.sites_with("request.view", self.account_id):
            seen |= Q(site__in=sites)
        return Person.objects.filter(seen, account=self.account_id, deleted_at=None).order_by("name")

    def by_name(self, people: QuerySet[Person], name: str, address_field: str) -> Person:
        """Give the one person of this name. Raises Unfit where there is none, or several."""
        plain = " ".join(name.split())
        near = list(people.filter(name__iexact=plain)[:_MOST])
        exact = [one for one in near if one.name == plain]
        found = exact or near
        if len(found) > 1:
            words = gettext("%(number)s people are called so: use %(field)s")
            raise Unfit(words % {"number": len(found), "field": address_field})
        if not found:
            raise Unfit(gettext("nobody here is called so"))
        return found[0]

    def by_address(self, people: QuerySet[Person], address: str) -> Person | None:
        """Give the one of these people who has an address, for writing from it or for signing in.

        Raises Unfit where the text is not one address.
        """
        one = read_one(address)
        if one is None:
            raise Unfit(gettext("that is not one e-mail address"))
        writers = PersonAddress.objects.filter(key=fold(one[1])).values("person")
        return people.filter(Q(pk__in=writers) | Q(sign_in_name=one[1].lower())).first()
