"""Choosing who handles an entry: those of the unit that is chosen to lead, asked for anew when it changes."""

from typing import Any

from django import forms
from django.db.models import Q
from django.urls import reverse

from accounts.models import Unit, User
from common.forms.fields import PersonSelect, StyledFormMixin, rows_field
from common.sent.numbers import whole_number
from ledger.forms.fields import name_people

UNDECIDED, FIRST_UNIT = "由牵头单位签收时确定", "先选牵头单位，再选人"


def chosen_unit(form: forms.BaseForm) -> Unit | None:
    """The lead unit as the form stands: what was sent, else what it was opened with."""
    value: Any = form.data.get("lead_unit") if form.is_bound else form.initial.get("lead_unit")
    pk = value.pk if isinstance(value, Unit) else whole_number(value)
    return Unit.objects.filter(pk=pk).first() if pk is not None else None


def offer_handlers(form: forms.BaseForm, user: User) -> None:
    """The working people of the chosen unit and those below it, as far as this person may see them.

    Whoever was sent is let through to the rule of the move, which says in words why he cannot be: the page may have
    been sent without the list having changed with the unit.
    """
    unit, field = chosen_unit(form), rows_field(form.fields, "handler")
    people = User.objects.visible_to(user).working().select_related("unit")
    offered = Q(unit__path__startswith=unit.path) if unit else Q(pk__in=[])
    sent = whole_number(form.data.get("handler")) if form.is_bound else None
    field.queryset = people.filter(offered | Q(pk=sent or 0)).order_by("unit__order", "username")
    field.empty_label = UNDECIDED if unit else FIRST_UNIT
    name_people(field)


def refresh_handlers(form: forms.BaseForm) -> None:
    """Has the page ask for the people of another unit as soon as it is chosen; what else was typed stays."""
    form.fields["lead_unit"].widget.attrs |= {
        "hx-get": reverse("ledger:handler-choices"),
        "hx-trigger": "change",
        "hx-include": "next [name=handler]",
        "hx-target": "next [data-field=handler]",
        "hx-swap": "outerHTML",
        "hx-sync": "this:replace",
    }


class HandlerForm(StyledFormMixin, forms.Form):
    """The one field, for the unit that was just chosen; a person of another unit is no longer chosen."""

    handler = forms.ModelChoiceField(User.objects.none(), label="经办人", required=False, widget=PersonSelect())

    def __init__(self, *, asked: Any, user: User) -> None:
        super().__init__(initial={name: asked.get(name) for name in ("lead_unit", "handler")})
        offer_handlers(self, user)
        self.style()
