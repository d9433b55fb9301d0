"""A whole form of settings of which a page asks a part: the rest stays as it is, and nothing is judged twice."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django import forms
from django.http import QueryDict

from deskpost.console.settings_form import Segments, SettingsForm


def data_of(
    form: SettingsForm, proposed: Mapping[str, str], posted: QueryDict | None, names: Iterable[str]
) -> QueryDict:
    """Give what a form would post as it stands, over it what is proposed, over that what was posted of these fields."""
    data = QueryDict(mutable=True)
    for name in form.fields:
        for key, text in _written(form, name):
            data[key] = text
    for key, text in proposed.items():
        data[key] = text
    if posted is None:
        return data
    for name in names:
        for key in (name, f"{name}_typed"):
            data.pop(key, None)
            if key in posted:
                data[key] = str(posted[key])
    return data


def stilled(form: SettingsForm) -> None:
    """Take from the fields what they ask the server while somebody types: that is for the whole form's own page."""
    for field in form.fields.values():
        if isinstance(field.widget, Segments):
            field.widget.live = {}
        for name in [name for name in field.widget.attrs if name.startswith("hx-")]:
            del field.widget.attrs[name]


def _written(form: SettingsForm, name: str) -> Iterator[tuple[str, str]]:
    widget, value = form.fields[name].widget, form[name].value()
    if isinstance(widget, forms.MultiWidget):
        parts: list[str] = widget.widgets_names  # type: ignore[attr-defined]  # Django has it, its stubs do not
        for part, text in zip(parts, widget.decompress(value) or (), strict=True):
            yield f"{name}{part}", _text(text)
    elif isinstance(widget, forms.CheckboxInput):
        if value:
            yield name, "on"
    else:
        yield name, _text(value)


def _text(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(str(one) for one in value)
    return "" if value is None else str(value)
