from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django import forms

from accounts.models import Unit, User
from common.forms.conflicts import Difference, in_words
from common.forms.fields import DateInput, PersonSelect, PersonSelectMultiple, StyledFormMixin, rows_field
from common.idempotence import SavedBefore, SubmissionFormMixin
from ledger.forms.entries.people import UNDECIDED, offer_handlers, refresh_handlers
from ledger.forms.fields import CleanTextMixin, words
from ledger.models import BulkOperation, BulkRun, ProblemEntry
from ledger.moves.data import MoveData
from ledger.moves.table import MOVES
from ledger.services.entries.bulk import Typed
from ledger.states import Action


class BulkForm(CleanTextMixin, StyledFormMixin, SubmissionFormMixin, forms.Form):
    """What a bulk operation needs, once for all entries."""

    use_required_attribute = False

    lead_unit = forms.ModelChoiceField(
        Unit.objects.none(),
        label="牵头单位",
        widget=PersonSelect(),
        error_messages={"required": "请选择牵头单位"},
    )
    handler = forms.ModelChoiceField(
        User.objects.none(), label="经办人", required=False, empty_label=UNDECIDED, widget=PersonSelect()
    )
    deadline = forms.DateField(
        label="办理期限", required=False, widget=DateInput(), help_text="不填：每条按它的类别和缓急计算"
    )
    deadline_reason = words("期限晚于规则的理由", max_length=200)
    supporting_units = forms.ModelMultipleChoiceField(
        Unit.objects.none(), label="协办单位", required=False, widget=PersonSelectMultiple()
    )
    note = words("说明", rows=2, max_length=200)

    def __init__(
        self, *args: Any, operation: str, user: User, entries: Sequence[ProblemEntry] = (), **kwargs: Any
    ) -> None:
        kwargs.setdefault("initial", {"lead_unit": own_unit(entries)})
        super().__init__(*args, **kwargs)
        if operation == BulkOperation.ASSIGN:
            units = Unit.objects.visible_to(user).filter(is_active=True)
            for name in ("lead_unit", "supporting_units"):
                rows_field(self.fields, name).queryset = units
            offer_handlers(self, user)
            refresh_handlers(self)
        else:
            self.fields = {name: self.fields[name] for name in ("note", "submission_key")}
        if operation in MOVES:
            self.fields["note"].label = next(one.label for one in MOVES[Action(operation)].fields if one.name == "note")
        self.style()

    @property
    def move_data(self) -> MoveData:
        given = {name: value for name, value in self.cleaned_data.items() if name != "submission_key"}
        return MoveData(**{**given, "supporting_units": list(given.get("supporting_units", []))})

    @property
    def opened_with(self) -> MoveData | None:
        """What the form proposes before anything is sent, as far as that is enough."""
        if "lead_unit" not in self.fields:
            return MoveData()
        unit = self.initial["lead_unit"]
        return MoveData(lead_unit=unit) if unit else None

    def looked_at(self, data: MoveData | None) -> str:
        """What a preview is of, words apart: only the same may be confirmed."""
        return replace(data, note="", terms=None).digest() if data else ""

    @property
    def typed(self) -> Typed:
        shown = {str(bound.label): self.cleaned_data.get(bound.name) for bound in self.visible_fields()}
        return Typed(self.move_data, {label: in_words(value, {}) for label, value in shown.items() if value})

    def show_done(self, made: BulkRun, entries: Sequence[ProblemEntry], see: str) -> None:
        """Keeps what was chosen and typed beside what the form has done before."""
        now = {"问题": "、".join(str(entry) for entry in entries), **self.typed.words}
        then = {"问题": "、".join(line["label"] for line in made.lines), **made.asked}
        found = [Difference(label, then.get(label, ""), now.get(label, "")) for label in then | now]
        self.saved = SavedBefore(made, see, "", [one for one in found if one.stored != one.typed])


def own_unit(entries: Sequence[ProblemEntry]) -> Unit | None:
    """The unit that all of them would be assigned to by their own forms."""
    units = {entry.lead_unit or entry.unit for entry in entries}
    return units.pop() if len(units) == 1 else None
