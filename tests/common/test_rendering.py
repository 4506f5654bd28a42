"""Widgets written without a template say what Django's templates say, mark by mark."""

import re

from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils.safestring import mark_safe

from common.forms.fields import DateInput, PersonSelect
from common.forms.rendering import QUICK, QuickRenderer

ODD = ["", None, "甲", "<b>&\"'", mark_safe("&amp;"), 0, 3.5, True, "a\nb"]
ATTRS = [
    {},
    {"class": "x y", "data-a": "<\"'>"},
    {"required": True, "disabled": False, "title": "", "n": 0, "none": None},
]
CHOICES = [("", "全部"), ("a", "<甲>"), (0, "零"), ("组&", [("b", "乙"), ("c", mark_safe("<i>丙</i>"))])]
WIDGETS = [
    forms.TextInput,
    forms.NumberInput,
    forms.HiddenInput,
    forms.EmailInput,
    forms.SearchInput,
    forms.PasswordInput,
    forms.Textarea,
    forms.CheckboxInput,
    lambda attrs: DateInput(attrs=attrs),
    lambda attrs: forms.Select(attrs, CHOICES),
    lambda attrs: forms.SelectMultiple(attrs, CHOICES),
    lambda attrs: PersonSelect(choices=CHOICES),
]


def squeezed(page: str) -> str:
    return re.sub(r">\s+<", "><", page)


def test_every_widget_says_what_djangos_template_says():
    told = 0
    for make in WIDGETS:
        for attrs in ATTRS:
            for value in ODD:
                widget = make(attrs)
                given = {"name": "甲&", "value": value, "attrs": {"id": "i"}}
                ours = widget.render(**given, renderer=QuickRenderer())
                assert squeezed(ours) == squeezed(widget.render(**given, renderer=DjangoTemplates())), (widget, value)
                assert hasattr(ours, "__html__")
                told += widget.template_name in QUICK
    assert told > 100
