"""The part of a mail server's form about signing in, which in and out share: what is shown, proposed and kept back."""

import json
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from django import forms
from django.db import models
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from deskpost.access import consents, proposals
from deskpost.access.columns import has_mailbox_to_open
from deskpost.console.mail_settings.sign_in_declared import OAUTH, SHORT_CLOUDS, SIGN_IN, SignInDeclared
from deskpost.oauth import proposing
from deskpost.oauth.clouds import BY_KEY, CLOUDS, clouds_of, host_of
from deskpost.transports import microsoft, server_rules
from deskpost.transports.protocols import PROTOCOLS

NARROW = {
    "hx-target": "#sign-in",
    "hx-select": "#sign-in",
    "hx-select-oob": "#id_server_helptext",
    "hx-sync": "#sign-in:replace",
}
"""Added to the attributes of a live field after which somebody types on: only what follows from it is swapped."""
PROPOSED = ("connect_url", "graph_endpoint", "authorization_url", "token_url", "scope")
"""The fields that are filled in."""


class SignInFields(SignInDeclared):
    """The fields, and what is proposed in them. A form that has them says `incoming`, `live` and `protocol_chosen`.

    Each attribute of `live` goes to the fields after which others are shown or filled; it posts the form with the act
    `switch`, and swaps what holds the fields.
    """

    incoming: ClassVar[bool]
    live: Mapping[str, str] = MappingProxyType({})
    _filled: frozenset[str] = frozenset()

    def __init__(
        self, row: models.Model, data: QueryDict | None = None, initial: dict[str, Any] | None = None
    ) -> None:
        super().__init__(row, data, {**sign_in_of(row, incoming=self.incoming), **(initial or {})})
        self.propose_sign_in()
        self._word_sign_in()
        self._make_live()

    @property
    def protocol_chosen(self) -> str:
        """The key of the protocol whose fields are shown."""
        raise NotImplementedError

    @property
    def signs_in_by(self) -> str:
        """The authentication type that is chosen, among those the protocol knows: basic or oauth."""
        logins = [one for one in PROTOCOLS[self.protocol_chosen].logins if one != "none"]
        asked = self._now("authentication")
        return asked if asked in logins else logins[0]

    @property
    def sign_in_unseen(self) -> tuple[str, ...]:
        """Fields of this part, and the password, that are not shown; what was typed is kept, and not judged."""
        protocol, oauth = PROTOCOLS[self.protocol_chosen], self.signs_in_by == "oauth"
        seen = set(OAUTH if oauth else ("password",))
        if oauth and self._now("grant") == "client_credentials":
            seen.discard("authorization_url")
        if len([one for one in protocol.logins if one != "none"]) > 1:
            seen.add("authentication")
        if protocol.address:
            seen.add(protocol.address)
        if self._another_mailbox:
            seen.add("mailbox_to_open")
        if protocol.address == "connect_url":
            seen.add("allow_plain")
        if protocol.address == "graph_endpoint":
            seen.add("cloud")
        return tuple(name for name in (*SIGN_IN, "password") if name not in seen)

    @property
    def sign_in_shown(self) -> dict[str, bool]:
        """Which fields of this part are shown, by name; `oauth` and `redirect` say it of groups."""
        unseen = self.sign_in_unseen
        shown = {name: name not in unseen for name in (*SIGN_IN, "password")}
        return {**shown, "oauth": shown["client_id"], "redirect": shown["authorization_url"]}

    @property
    def secret_fields(self) -> tuple[forms.BoundField, ...]:
        """The fields in the row of the client secret."""
        return self["client_secret"], self["client_secret_ends"]

    @property
    def redirect_url(self) -> str:
        """What is to be registered at the provider."""
        return consents.redirect_url()

    @property
    def to_oauth(self) -> str:
        """The button that changes to OAuth now, as HTML, where just a password cannot work; else empty."""
        if not self.is_bound or self.basic_refused not in self.errors.get("authentication", ()):
            return ""
        return render_to_string("console/mail_settings/_to_oauth.html", {"swaps": self.incoming})

    @property
    def basic_refused(self) -> str | None:
        """Why no password works at the server that is named, None where one can."""
        return microsoft.basic_refused(server_rules.place_of(self._values_now())[1])

    def propose_sign_in(self) -> None:
        """Fill addresses and scope by protocol, server and cloud, as long as nobody typed into them.

        What was filled in for a choice that is no more, and nobody changed, goes again.
        """
        if not self.is_bound:
            return
        kept = self._withdraw()
        values = self._values_now()
        chosen, last = self._now("cloud"), self._now("cloud_proposed")
        if values["protocol"] == "graph" and chosen in BY_KEY and last and chosen != last:
            self._move_to(chosen)
            values = self._values_now()
        filled = proposals.proposed(
            values, incoming=self.incoming, cloud=chosen, last=self._now("proposed_for") or None
        )
        for name, text in filled.items():
            self.renew(name, text)
        self._filled = self._filled | frozenset(filled)
        self.renew("filled_in", json.dumps(kept | filled))
        choice = proposals.choice_of(self._values_now(), incoming=self.incoming, cloud=chosen)
        cloud = proposing.cloud_of(choice)
        if cloud is not None:
            self.renew("cloud", cloud.key)
        elif values["protocol"] == "graph" and values["graph_endpoint"]:
            self.renew("cloud", "")  # an address that is none of theirs
        self.renew("cloud_proposed", self._now("cloud"))
        if values["authentication"] == "oauth":
            self.renew("proposed_for", choice.key)

    def _withdraw(self) -> dict[str, str]:
        """Empty what was proposed and is proposed no more; give what was proposed, still stands there, and stays."""
        stands = {
            name: text for name, text in _read(self._now("filled_in")).items() if self._now(name) == text
        }
        bare = self._values_now() | dict.fromkeys(stands, "")
        proposed = proposals.proposed(bare, incoming=self.incoming, cloud=self._now("cloud"))
        gone = frozenset(stands) - frozenset(proposed)
        for name in gone:
            self.renew(name, "")
        self._filled = gone
        return {name: text for name, text in stands.items() if name not in gone}

    def keep_typed(self) -> None:
        """Let htmx leave fields of this part that nothing was filled into as they are: somebody may be typing there.

        For an answer that shows the part again while its form is in use, and for no other: it would hide what is said
        of a field.
        """
        for name in OAUTH:
            if name not in self._filled and name != "grant":
                self.fields[name].widget.attrs["hx-preserve"] = "true"

    def clean(self) -> dict[str, Any]:
        """Forget what is not shown, and hold stored secrets back from servers they were not given to."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        for name in self.sign_in_unseen:
            self.errors.pop(name, None)
        if self.sign_in_shown["client_secret"] and not self.need_anew("client_secret"):
            given, named = (host_of(one) for one in (self._saved("token_url"), values.get("token_url") or ""))
            if not self.follows([given], [named], "client_secret"):
                self.refuse(given, "client_secret")
        return values

    @property
    def sign_in_wanted(self) -> dict[str, Any]:
        """Every column of this part, and the password, as it is to be; what the choice does not need is emptied.

        Server, port and TLS of a protocol that is found by a URL are among them.
        """
        values, protocol = self.cleaned_data, PROTOCOLS[self.protocol_chosen]
        oauth = self.signs_in_by == "oauth"
        columns: dict[str, Any] = {
            "authentication": self.signs_in_by,
            "password": "" if oauth else values.get("password") or self.password_kept,
            "client_secret": (values.get("client_secret") or self.kept("client_secret")) if oauth else "",
            "client_secret_ends": values.get("client_secret_ends") if oauth else None,
            "grant": (values.get("grant") if oauth else "") or "authorization_code",
            "mailbox_to_open": values.get("mailbox_to_open", "") if self._another_mailbox else "",
        }
        for name in ("client_id", "authorization_url", "token_url", "scope"):
            columns[name] = values.get(name, "") if oauth else ""
        for name in ("connect_url", "graph_endpoint"):
            columns[name] = values.get(name, "") if protocol.address == name else ""
        if protocol.address:
            plain = values.get("allow_plain") and columns["connect_url"].lower().startswith("http:")
            columns |= {"server": "", "port": 443, "tls": "none" if plain else "implicit"}
        return columns

    @property
    def _another_mailbox(self) -> bool:
        by_consent = self.signs_in_by == "oauth" and self._now("grant") != "client_credentials"
        return has_mailbox_to_open(self.protocol_chosen, by_consent=by_consent)

    def _move_to(self, cloud: str) -> None:
        """Take the endpoint of the cloud that was chosen, unless one was typed."""
        now = self._now("graph_endpoint")
        if not now or proposing.is_proposed_endpoint(now):
            self.renew("graph_endpoint", BY_KEY[cloud].graph_endpoint)

    def _word_sign_in(self) -> None:
        """Give each field the line of help that fits what is chosen."""
        if self.signs_in_by != "oauth":
            return
        help_texts: dict[str, Any] = {
            "authentication": _("A token in place of a password. No password is kept.")
        }
        server, sign_in = (clouds_of(self._now(name)) for name in ("server", "token_url"))
        if server and not PROTOCOLS[self.protocol_chosen].address:
            label = SHORT_CLOUDS[server[0].key]
            help_texts["server"] = _("Recognised as Microsoft 365: %(cloud)s.") % {"cloud": label}
        if sign_in:
            help_texts["client_id"] = _("From the app registration at %(portal)s.") % {
                "portal": sign_in[0].portal
            }
            help_texts["authorization_url"] = _("Filled for Microsoft 365, each stays changeable.")
        if self.protocol_chosen == "graph":
            if sign_in:  # the line of help about the client id says something else
                url = "authorization_url" if self.sign_in_shown["authorization_url"] else "token_url"
                help_texts[url] = _("Filled by the cloud. Register at %(portal)s.") % {
                    "portal": sign_in[0].portal
                }
            help_texts["client_id"] = (
                _("Another one than for sending from this mailbox.")
                if self.incoming
                else _("Another one than for fetching from it.")
            )
        if self.protocol_chosen == "graph" and not self._now("cloud"):
            named = self.fields["cloud"].widget
            named.choices = [("", _("Another address")), *named.choices]
        for name, words in help_texts.items():
            if name in self.fields:
                self.fields[name].help_text = words

    def _make_live(self) -> None:
        if not self.live:
            return
        for name in ("authentication", "grant"):
            self.fields[name].widget.live = dict(self.live)
        self.fields["cloud"].widget.attrs |= self.live
        for name in ("connect_url", "graph_endpoint", "mailbox_to_open", "server", "username"):
            if name in self.fields and self.signs_in_by == "oauth":
                self.fields[name].widget.attrs |= {**self.live, **NARROW}

    def _values_now(self) -> dict[str, Any]:
        names = (
            *("server", "username", "connect_url", "graph_endpoint", "mailbox_to_open", "grant"),
            *("authorization_url", "token_url", "scope"),
        )
        return {
            **{name: self._now(name) for name in names},
            "protocol": self.protocol_chosen,
            "authentication": self.signs_in_by,
        }

    def _now(self, name: str) -> str:
        """Give what stands in a field, as it is written."""
        value = self.data.get(name) if self.is_bound else self.initial.get(name)
        return str(value or "").strip()

    def _saved(self, name: str) -> str:
        return str(getattr(self.row, name))


def _read(text: str) -> dict[str, str]:
    """Read back what was filled in; of a form that was tampered with nothing."""
    try:
        told = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    if not isinstance(told, dict):
        return {}
    return {name: one for name, one in told.items() if name in PROPOSED and isinstance(one, str) and one}


def sign_in_of(row: Any, *, incoming: bool) -> dict[str, Any]:
    """Give the columns of this part as the form holds them; of a row that has none, what is proposed for new ones."""
    names = (
        *("connect_url", "graph_endpoint", "mailbox_to_open", "grant", "client_id", "authorization_url"),
        *("token_url", "scope", "client_secret_ends"),
    )
    values = {name: getattr(row, name) for name in names}
    known = row.protocol if row.protocol in PROTOCOLS else "imaps"
    choice = proposals.choice_of(
        {**values, "protocol": known, "server": row.server, "username": row.username}, incoming=incoming
    )
    cloud = proposing.cloud_of(choice)
    another = cloud is None and known == "graph" and row.graph_endpoint
    key = "" if another else (cloud or CLOUDS[0]).key
    now = {
        **{**values, "protocol": known, "authentication": row.authentication},
        **{"server": row.server, "username": row.username},
    }
    return {
        **values,
        "filled_in": json.dumps(_as_proposed(now, incoming, key)),
        "authentication": row.authentication if row.authentication == "oauth" else "basic",
        "allow_plain": bool(row.connect_url) and row.tls == "none",
        "cloud": key,
        "cloud_proposed": key,
        "proposed_for": choice.key if row.authentication == "oauth" else "",
    }


def _as_proposed(now: dict[str, Any], incoming: bool, cloud: str) -> dict[str, str]:
    """Give those of the columns that hold what is proposed beside the others; what only looks like it was typed."""
    alike = _proposed_again(now, PROPOSED, incoming, cloud)
    return _proposed_again(now, alike, incoming, cloud)


def _proposed_again(now: dict[str, Any], names: Iterable[str], incoming: bool, cloud: str) -> dict[str, str]:
    anew = proposals.proposed({**now, **dict.fromkeys(names, "")}, incoming=incoming, cloud=cloud)
    return {name: text for name, text in anew.items() if text and text == now[name]}


def posted(data: QueryDict) -> QueryDict:
    """Give what was posted; the button Change to OAuth now chooses that, and shows its fields."""
    if "to_oauth" not in data:
        return data
    changed = data.copy()
    changed["authentication"], changed["act"] = "oauth", "switch"
    return changed
