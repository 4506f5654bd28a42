"""How Django's form widgets become Tabler controls, in one place."""

from collections.abc import Callable, Iterable, Mapping
from copy import copy
from typing import Any

from django import forms
from django.db import models
from django.utils.datastructures import MultiValueDict

from common.dates import FIRST_DAY, LAST_DAY, within_bounds
from common.sent.numbers import holdable, whole_number

CLASSES = {
    forms.CheckboxInput: "form-check-input",
    forms.RadioSelect: "form-selectgroup-input",
    forms.CheckboxSelectMultiple: "form-check-input",
    forms.Select: "form-select",
    forms.SelectMultiple: "form-select",
}

DASHES, ASK = "---------", "请选择"


class StyledFormMixin:
    """Gives every widget its Tabler class, wrong fields their mark, and the first wrong one the focus."""

    fields: dict[str, forms.Field]

    def style(self: Any) -> None:
        """Ends a form's set-up: what is on offer is settled by now."""
        keep_current(self.fields, getattr(self, "instance", None))
        for form_field in self.fields.values():
            bound(form_field)  # all of them before the first question after errors checks the form
        for name, form_field in self.fields.items():
            widget = form_field.widget
            ask_by_name(form_field)
            css = next(
                (value for kind, value in CLASSES.items() if isinstance(widget, kind)),
                "form-control",
            )
            widget.attrs["class"] = f"{widget.attrs.get('class', '')} {css}".strip()
            ask_to_choose(form_field)
            if isinstance(widget, forms.Textarea) and str(widget.attrs.get("rows", "10")) == "10":
                widget.attrs["rows"] = 3  # Django's own default of 10 fills a phone
            if isinstance(widget, forms.NumberInput):
                widget.attrs.setdefault("inputmode", "numeric")
            if self.is_bound and name in self.errors:
                widget.attrs["class"] += " is-invalid"
                widget.attrs["aria-invalid"] = "true"
        wrong = next((name for name in self.fields if self.is_bound and name in self.errors), None)
        if wrong:
            self.fields[wrong].widget.attrs["autofocus"] = True

    def refuse(self: Any, field: str | None, message: str) -> None:
        """What a service refused, shown at the field it is about (at the top when it is about none)."""
        name = field if field in self.fields else None
        self.add_error(name, message)
        if name:
            attrs = self.fields[name].widget.attrs
            attrs.update({"class": f"{attrs.get('class', '')} is-invalid", "aria-invalid": "true", "autofocus": True})


class ServiceFormMixin:
    """For a ModelForm whose rules live in a service: fields are checked one by one, on a copy of the record.

    Uniqueness and constraints are left to the service, which says them in words; the record that the page was opened
    with stays as stored, and `record` gives the service what was typed.
    """

    plumbing = frozenset({"version", "submission_key", "correction_reason"})

    def _post_clean(self: Any) -> None:
        exclude = self._get_validation_exclusions()
        typed = copy(self.instance)
        typed._state = copy(self.instance._state)
        typed._state.fields_cache = dict(self.instance._state.fields_cache)
        try:
            forms.models.construct_instance(self, typed, self._meta.fields, self._meta.exclude)
            typed.clean_fields(exclude=exclude)
        except forms.ValidationError as error:
            self._update_errors(error)

    @property
    def record(self: Any) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name not in self.plumbing}


def bound(form_field: forms.Field) -> None:
    """Dates and numbers end where the program and its databases still hold them, on the page and on arrival."""
    if isinstance(form_field, forms.DateField | forms.DateTimeField):
        if within_bounds not in form_field.validators:
            form_field.validators.append(within_bounds)
        if isinstance(form_field.widget, DateInput):
            form_field.widget.attrs.setdefault("min", FIRST_DAY.isoformat())
            form_field.widget.attrs.setdefault("max", LAST_DAY.isoformat())
    if isinstance(form_field, forms.IntegerField) and holdable not in form_field.validators:
        form_field.validators.append(holdable)


def ask_by_name(form_field: forms.Field) -> None:
    """What is missing is asked for by its name: 请填写“走访日期”."""
    if form_field.error_messages.get("required") != forms.Field.default_error_messages["required"]:
        return  # the form says it itself
    widget = form_field.widget
    verb = "选择" if isinstance(widget, forms.Select | forms.RadioSelect | forms.CheckboxSelectMultiple) else "填写"
    verb = {forms.FileField: "添加", forms.BooleanField: "勾选"}.get(type(form_field), verb)
    if form_field.label:
        form_field.error_messages["required"] = f"请{verb}“{form_field.label}”。"


def ask_to_choose(form_field: forms.Field) -> None:
    """An unmade choice says 请选择 instead of Django's row of dashes."""
    if isinstance(form_field, forms.ModelChoiceField):
        if form_field.empty_label == DASHES:
            form_field.empty_label = ASK
    elif isinstance(form_field, forms.ChoiceField) and isinstance(form_field.choices, list):
        form_field.choices = [(value, ASK if words == DASHES else words) for value, words in form_field.choices]


def rows_field(form_fields: Mapping[str, forms.Field], name: str) -> forms.ModelChoiceField:
    """The field of this name, which chooses among rows.

    Raises:
        TypeError: it chooses among something else; the form is declared wrongly.
    """
    found = form_fields[name]
    if not isinstance(found, forms.ModelChoiceField):
        raise TypeError(f"{name} does not choose among rows")
    return found


def words_field(form_fields: Mapping[str, forms.Field], name: str) -> forms.ChoiceField:
    """The field of this name, which chooses among words.

    Raises:
        TypeError: it chooses among something else; the form is declared wrongly.
    """
    found = form_fields[name]
    if not isinstance(found, forms.ChoiceField):
        raise TypeError(f"{name} does not choose among words")
    return found


def keep_current(form_fields: Mapping[str, forms.Field], record: models.Model | None) -> None:
    """A form that changes a record goes on offering what the record has, though nobody else is offered it any more:
    somebody who left, a group, unit or category not in use, a case of another unit. Saving would drop it unasked."""
    if record is None or record.pk is None:
        return
    columns = {column.name: column for column in (*record._meta.concrete_fields, *record._meta.many_to_many)}
    for name, field in form_fields.items():
        column = columns.get(name)
        if not isinstance(field, forms.ModelChoiceField) or column is None:
            continue
        offered: Any = field.queryset
        held = getattr(record, name).values("pk") if column.many_to_many else [getattr(record, column.attname)]
        if held != [None]:
            field.queryset = offered | offered.model._default_manager.filter(pk__in=held)


def scope_choices(form_fields: Mapping[str, forms.Field], user: Any) -> None:
    """Every choice among rows starts from those the person may see."""
    for field in form_fields.values():
        if isinstance(field, forms.ModelChoiceField):
            rows: Any = field.queryset  # of a model of ours, which all know who may see them
            field.queryset = rows.visible_to(user)


def overwrite(form: forms.BaseForm, values: Mapping[str, str]) -> None:
    """Puts values in the place of what was posted, for the form's page to be shown again."""
    data: Any = form.data.copy() if isinstance(form.data, MultiValueDict) else dict(form.data)
    for name, value in values.items():
        data[name] = value
    form.data = data


class DateInput(forms.DateInput):
    """The browser's own calendar, on the phone too."""

    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


class PersonSelect(forms.Select):
    """Tom Select with search by name and pinyin; `data-pinyin` rides on each option."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.attrs["data-choose"] = "1"

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        pinyin = getattr(getattr(value, "instance", None), "pinyin", "")
        if pinyin:
            option["attrs"]["data-pinyin"] = pinyin
        return option


class PersonSelectMultiple(forms.SelectMultiple, PersonSelect):
    """Several of many, by Tom Select."""


class RemoteSelect(forms.Select):
    """A Tom Select that asks `url` as people type; the page carries only what is chosen and a few likely ones.

    `url` may be lazy or a callable: widgets are made before the addresses are known. `likely` gives the few rows
    that let the form work without scripts too.
    """

    def __init__(self, *, url: Any = None, likely: Callable[[], Iterable[Any]] | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.url = url
        self.likely = likely or (lambda: ())
        self.attrs["data-choose"] = "1"

    @property
    def source(self) -> Any:
        """What ModelChoiceField puts into `choices`: it knows its rows and its field."""
        return self.choices

    def build_attrs(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        url = self.url() if callable(self.url) else self.url
        return {**super().build_attrs(*args, **kwargs), **({} if url is None else {"data-url": str(url)})}

    def optgroups(self, name: str, value: list[str], attrs: dict[str, Any] | None = None) -> list[Any]:
        rows, label = self.source.queryset, self.source.field.label_from_instance
        asked = [pk for pk in value if whole_number(pk) is not None]
        shown = {row.pk: row for row in (rows.filter(pk__in=asked) if asked else ())}
        shown |= {row.pk: row for row in self.likely()}
        empty = [] if self.allow_multiple_selected else [("", self.empty_text())]
        options = [*empty, *((str(pk), label(row)) for pk, row in shown.items())]
        return [
            (None, [self.create_option(name, key, text, key in value or (not key and not asked), index)], index)
            for index, (key, text) in enumerate(options)
        ]

    def empty_text(self) -> str:
        return self.attrs.get("placeholder") or self.source.field.empty_label or ""


class RemoteSelectMultiple(RemoteSelect, forms.SelectMultiple):
    """Several of many, asked from the server."""
