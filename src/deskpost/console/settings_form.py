"""Forms of settings: their fields and widgets, and of two administrators who save the same the second is told."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from cryptography.fernet import InvalidToken
from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from deskpost.console.forms import WordedForm
from deskpost.console.templatetags.deskpost_ui import clock
from deskpost.desk import settings_history
from deskpost.desk.addresses import is_address, is_domain
from deskpost.desk.settings_history import Version, Wanted
from deskpost.desk.settings_words import FIELDS
from deskpost.domain_names import one_spelling
from deskpost.secret_field import SecretUnreadable, decrypt, encrypt, readable

_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")  # line breaks, and what no name has
_SEAL = "typed in a form:"  # what was typed is sealed so; no secret of the database opens as one
_PASSWORD = "password"  # noqa: S105 - a column
_LOOKED_AT = 50  # newest versions in which a change that counts is looked for
LONGEST = 2000
LONGEST_REASON = 200

TYPED: dict[str, Any] = {"dir": "ltr", "autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}
"""Attributes of a field for hosts, names and addresses: nothing is corrected in it."""


class Segments(forms.RadioSelect):
    """Two to five choices side by side: real radios in a fieldset. `live`: attributes of each radio."""

    template_name = "console/components/_segments.html"
    use_fieldset = False  # the widget's own fieldset bears help and error
    grouped = True  # the visible label is no <label>
    legend: str | Promise = ""

    def __init__(self, attrs: dict[str, Any] | None = None, live: Mapping[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.live = dict(live or {})

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        """Give the id of a radio, without an index of the first: where the summary of errors leads."""
        return f"{id_}_{index or 0}"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Give what the template shows."""
        context = super().get_context(name, value, attrs)
        context["widget"].update(legend=self.legend, live=self.live)
        return context


class SavedSecret(forms.PasswordInput):
    """A secret: dots and Change where one is stored, an empty field where none is.

    What was typed is never in the page; it is carried on, sealed, so that it need not be typed again after a mistake.
    """

    template_name = "console/components/_saved_secret.html"
    stored = False

    def __init__(self) -> None:
        super().__init__({"autocomplete": "new-password", "dir": "ltr"})

    def value_from_datadict(self, data: Any, files: Any, name: str) -> str:
        """Give what was typed now, else what was typed before in the same form; empty: the stored one stays."""
        typed: str | None = data.get(name)
        return typed or _opened(data.get(f"{name}_typed", ""))

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Give what the template shows."""
        context = super().get_context(name, None, attrs)
        context["widget"].update(stored=self.stored, typed=encrypt(f"{_SEAL}{value}") if value else "")
        return context


class SealedSecret(forms.HiddenInput):
    """A secret that is not shown now: what was typed is carried on, sealed."""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Give what the template shows."""
        return super().get_context(f"{name}_typed", encrypt(f"{_SEAL}{value}") if value else "", attrs)


def _opened(sealed: str) -> str:
    try:
        text = decrypt(sealed) if sealed else ""
    except (InvalidToken, SecretUnreadable, ValueError):
        return ""
    return text.removeprefix(_SEAL) if text.startswith(_SEAL) else ""


class Line(forms.CharField):
    """One line of text, blanks around it trimmed. `written`: as names of hosts are, never corrected."""

    def __init__(self, *, written: bool = False, max_length: int = LONGEST, **options: Any) -> None:
        options.setdefault("widget", forms.TextInput(TYPED if written else {"autocomplete": "off"}))
        super().__init__(max_length=max_length, **options)
        self.validators = [one for one in self.validators if "Null" not in type(one).__name__]
        self.validators.append(_no_unseen)


def one_address(written: str, longest: int = LONGEST) -> str:
    """Give an e-mail address in lower case. Raises ValidationError."""
    _no_unseen(written)
    if len(written) > longest or not is_address(written):
        words = gettext("%(one)s is not an e-mail address. To do: write one such as name@company.example.")
        raise ValidationError(words % {"one": written[:80]})
    return written.lower()


def _no_unseen(value: str) -> None:
    if _UNSEEN.search(value):
        raise ValidationError(
            gettext("This holds a line break or an unseen sign. To do: type it on one line.")
        )


class Secret(forms.CharField):
    """A secret, as typed. Empty: the stored one stays."""

    widget = SavedSecret
    hidden_widget = SealedSecret

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, strip=False, max_length=LONGEST, **options)
        self.validators = [one for one in self.validators if "Null" not in type(one).__name__]
        self.validators.append(_no_unseen)


class Whole(forms.IntegerField):
    """A whole number between two bounds, one sentence for whatever else is typed."""

    def __init__(self, low: int, high: int, **options: Any) -> None:
        words = _("This is no whole number from %(low)s to %(high)s. To do: type one.") % {
            "low": low,
            "high": high,
        }
        errors = dict.fromkeys(("invalid", "min_value", "max_value"), words)
        widget = forms.TextInput({"inputmode": "numeric", "autocomplete": "off", "dir": "ltr", "size": "6"})
        super().__init__(min_value=low, max_value=high, widget=widget, error_messages=errors, **options)
        for validator in self.validators:
            setattr(validator, "message", words)  # noqa: B010 (mypy does not know which these are)


class Addresses(forms.CharField):
    """E-mail addresses with commas between them, as a list in lower case."""

    widget: forms.Widget = forms.TextInput(TYPED)

    def prepare_value(self, value: Any) -> Any:
        """Give a list as it is typed, also where the field rests unseen."""
        return ", ".join(value) if isinstance(value, list | tuple) else value

    def to_python(self, value: Any) -> Any:
        """Give the list, each once."""
        parts = (
            value if isinstance(value, list | tuple) else re.split(r"[,;\s]+", super().to_python(value) or "")
        )
        return list(dict.fromkeys(self.read(part) for part in parts if part))

    def read(self, part: str) -> str:
        """Give one of them, or raise ValidationError."""
        return one_address(part)


class Domains(Addresses):
    """Mail domains with commas between them, as a list, each in the one spelling that all of its spellings share."""

    def read(self, part: str) -> str:
        """Give one of them, or raise ValidationError."""
        domain = one_spelling(part.removeprefix("@"))
        if len(domain) > LONGEST or not is_domain(domain):
            words = gettext("%(one)s is not a mail domain. To do: write one such as company.example.")
            raise ValidationError(words % {"one": part[:80]})
        return domain


class LongSelect(forms.Select):
    """A select of hundreds of options, drawn by one template: Django's own takes two for each option."""

    template_name = "console/components/_long_select.html"


class _NumberAndUnit(forms.MultiWidget):
    template_name = "console/components/_number_and_unit.html"
    use_fieldset = False

    def __init__(self, units: Mapping[int, Any]) -> None:
        number = forms.TextInput({"inputmode": "numeric", "autocomplete": "off", "dir": "ltr", "size": "6"})
        super().__init__({"number": number, "unit": forms.Select(choices=list(units.items()))})
        self._units = units

    def id_for_label(self, id_: str) -> str:
        """Give the id of the number."""
        return f"{id_}_0"

    def decompress(self, value: int | None) -> list[Any]:
        """Give seconds as a number of the largest unit that holds it whole."""
        if value is None:
            return [None, max(self._units)]
        unit = max((one for one in self._units if value % one == 0), default=1)
        return [value // unit, unit]


class Interval(forms.MultiValueField):
    """A time between two bounds in seconds, typed as a number and its unit."""

    def __init__(self, low: int, high: int, words: Any, **options: Any) -> None:
        self._low, self._high, self._words = low, high, words
        units = {1: _("seconds"), 60: _("minutes"), 3600: _("hours")}
        parts = (forms.CharField(), forms.CharField())
        super().__init__(parts, widget=_NumberAndUnit(units), **options)

    def clean(self, value: Any) -> Any:
        """Give the seconds, or one sentence for whatever is wrong."""
        try:
            number, unit = (str(part or "").strip() for part in value)
            seconds = int(number) * int(unit) if re.fullmatch(r"[0-9]{1,6}", number) else 0
        except (TypeError, ValueError):
            seconds, unit = 0, ""
        if unit not in ("1", "60", "3600") or not self._low <= seconds <= self._high:
            raise ValidationError(self._words)
        return seconds


def reason_field() -> Line:
    """Give the field for why somebody saves, which the history keeps beside what was saved."""
    return Line(
        label=_("Reason"),
        required=False,
        max_length=LONGEST_REASON,
        help_text=_("Optional. View history shows it."),
    )


class SettingsForm(WordedForm):
    """A form over one row of settings, new or old.

    `acts`: columns that are switched by acts of their own, whose change does not count as saving.
    """

    acts: ClassVar[tuple[str, ...]] = ()
    unreadable: frozenset[str] = (
        frozenset()
    )  # secrets that cannot be read: the key they were encrypted with is gone
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, row: models.Model, data: QueryDict | None = None, initial: dict[str, Any] | None = None
    ) -> None:
        self.row = row
        state = self.state_of(self.last_saved())
        super().__init__(data, initial={**(initial or {}), "seen": state})
        for name, field in self.fields.items():
            if isinstance(field.widget, Segments):
                field.widget.legend = field.label or ""
            if isinstance(field.widget, SavedSecret):
                kept = readable(row, name)
                field.widget.stored = bool(kept)
                if kept is None:
                    self.unreadable |= {name}

    def last_saved(self) -> Version | None:
        """Give the newest version of the row that is no mere act; None of a new row."""
        if self.row.pk is None:
            return None
        kind = str(self.row._meta.model_name)
        found = settings_history.versions(Wanted((kind,), row=self.row.pk), _LOOKED_AT)
        return next((one for one in found if set(one.changed) - set(self.acts)), found[-1] if found else None)

    def saved_meanwhile(self) -> bool:
        """Say who saved the row since this form was opened, if somebody did. To be asked with the row locked.

        What was typed stays, and saving it once more puts it over what the other saved.
        """
        newest = self.last_saved()
        if newest is None or self.state_of(newest) == self.data.get("seen", ""):
            return False
        names = self.changed_in(newest)
        words = gettext(
            "Not saved: %(who)s saved these settings at %(at)s, after you opened this page (%(what)s). What you typed "
            "stands below. To do: compare with View history, then Save again to use yours."
        )
        who = newest.who or gettext("somebody")
        self.add_error(None, words % {"who": who, "at": clock(timezone.localtime(newest.at)), "what": names})
        self.renew("seen", self.state_of(newest))
        return True

    def state_of(self, newest: Version | None) -> str:
        """Give what `seen` holds when this version was the newest."""
        return str(newest.id) if newest else ""

    def changed_in(self, version: Version) -> str:
        """Name what a version changed."""
        return ", ".join(str(FIELDS.get(name, name)) for name in version.changed if name not in self.acts)

    def add_refusals(self, refusals: Iterable[tuple[str, str]]) -> None:
        """Set what rules say about fields beside them; what is about no field of the form on top."""
        for name, words in refusals:
            self.add_error(name if name in self.fields else None, words)

    @property
    def password_kept(self) -> str:
        """The stored password; empty where there is none, or none that can be read."""
        return self.kept("password")

    def kept(self, secret: str) -> str:
        """Give a stored secret; empty where there is none, or none that can be read."""
        return readable(self.row, secret) or ""

    @property
    def unreadable_called(self) -> list[str]:
        """What the secrets are called that cannot be read, as a sentence says it."""
        return [self._called(name) for name in self.fields if name in self.unreadable]

    def need_anew(self, secret: str = _PASSWORD) -> bool:
        """Say beside a secret that the stored one cannot be read, unless a new one was typed; True: said."""
        if secret not in self.unreadable or self.cleaned_data.get(secret) or secret in self.errors:
            return False
        words = gettext("The stored %(what)s cannot be read any more. To do: type it anew.")
        self.add_error(secret, words % {"what": self._called(secret)})
        return True

    def follows(self, given: Iterable[str], named: Iterable[str], secret: str = _PASSWORD) -> bool:
        """Tell whether a secret was typed, or the stored one may go to the servers that are named now.

        `given`: the servers it was stored for. A stored secret goes to no other, whoever names it.
        """
        if self.cleaned_data.get(secret) or not self.kept(secret):
            return True
        return {one.lower() for one in named if one} <= {one.lower() for one in given}

    def refuse(self, server: str, secret: str = _PASSWORD) -> None:
        """Say that the secret stored for a server has to be typed again for another."""
        words = gettext(
            "The stored %(what)s was given for %(server)s and is not sent to another server. "
            "To do: type the %(what)s."
        )
        self.add_error(secret, words % {"server": server, "what": self._called(secret)})

    def _called(self, secret: str) -> str:
        label = str(self.fields[secret].label or secret)
        return label[:1].lower() + label[1:]

    def has_errors_in(self, names: Iterable[str]) -> bool:
        """Tell whether one of these fields is wrong: the fold that hides them is then open."""
        return self.is_bound and any(name in self.errors for name in names)
