"""Filling in a form of a page as somebody might: what is there already, or something that may be chosen."""

from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.utils import timezone

from common.forms.uploads import ManyFilesField

WORDS = ("货款被拖欠", "厂区道路破损", "用工纠纷待调解", "合同履行有争议", "已联系双方", "已协商一致")
AMOUNTS = ("10000.00", "25000.50", "380000.00")


def words(rng: Random) -> str:
    return f"{rng.choice(WORDS)}{rng.randrange(1000)}"


def paper() -> SimpleUploadedFile:
    return SimpleUploadedFile("回执.pdf", b"%PDF-1.4 sample")


def filled(form: forms.BaseForm, rng: Random, today: date, **fixed: Any) -> dict[str, Any]:
    """What the browser would send: hidden fields as they are, the rest kept or chosen anew."""
    given = {}
    for name, field in form.fields.items():
        value = fixed[name] if name in fixed else chosen(form[name], field, rng, today)
        if value not in (None, "", []):
            given[form.add_prefix(name)] = value
    return given


def chosen(bound: forms.BoundField, field: forms.Field, rng: Random, today: date) -> Any:
    """A value for one field."""
    there = bound.value()
    if bound.is_hidden or (there not in (None, "", []) and rng.random() < 0.6):
        return posted(there)
    if isinstance(field, ManyFilesField):
        return [paper()] if rng.random() < 0.8 else []
    if isinstance(field, (forms.ModelMultipleChoiceField, forms.ModelChoiceField)):
        return row(field, rng)
    if not field.required and rng.random() < 0.4:
        return posted(there)
    return typed(field, rng, today, there)


def row(field: Any, rng: Random) -> Any:
    rows = list(field.queryset.order_by("pk").values_list("pk", flat=True)[:60])
    if isinstance(field, forms.ModelMultipleChoiceField):
        return rng.sample(rows, min(len(rows), rng.randrange(3)))
    return rng.choice(rows) if rows and (field.required or rng.random() < 0.6) else ""


def typed(field: forms.Field, rng: Random, today: date, there: Any) -> Any:
    if isinstance(field, forms.ChoiceField):
        return rng.choice([value for value, _ in field.choices if value])
    if isinstance(field, forms.DateTimeField):
        return posted(there)
    if isinstance(field, forms.DateField):
        return (today + timedelta(days=rng.randrange(1, 40))).isoformat()
    if isinstance(field, forms.BooleanField):
        return rng.choice(["", "on"])
    if isinstance(field, forms.DecimalField):
        return rng.choice(AMOUNTS)
    if isinstance(field, forms.IntegerField):
        return rng.randrange(1, 4)
    return "0736-1234567" if field.widget.attrs.get("inputmode") == "tel" else words(rng)


def posted(value: Any) -> Any:
    if isinstance(value, datetime):
        return f"{timezone.localtime(value) if timezone.is_aware(value) else value:%Y-%m-%dT%H:%M}"
    if isinstance(value, (list, tuple)):
        return [posted(one) for one in value]
    return "" if value is None else getattr(value, "pk", None) or str(value)


def ticked(answer: HttpResponse, data: dict[str, Any]) -> dict[str, Any]:
    """The same with the ticks that the page asks for."""
    more: dict[str, Any] = {}
    form = answer.context["form"]
    for field in form.fields.values():
        if sure := getattr(field, "sure", None):
            more[sure.name] = sure.value
    if getattr(form, "asks_about_another", False):
        more["is_another"] = "on"
    return {**data, **more} if more else {}
