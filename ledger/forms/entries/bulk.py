from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms

from accounts.models import Unit, User
from common.forms.conflicts import Difference, in_words
from common.forms.fields import DateInput, PersonSelect, PersonSelectMultiple, StyledFormMixin, rows_field
from common.idempotence import SavedBefore, SubmissionFormMixin
from ledger.forms.fields import CleanTextMixin, words
from ledger.models import BulkOperation, BulkRun, ProblemEntry
from ledger.moves.data import MoveData
from ledger.services.entries.bulk import Typed


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
        User.objects.none(), label="经办人", required=False, empty_label="由牵头单位签收时确定", widget=PersonSelect()
    )
    deadline = forms.DateField(
        label="办理期限", required=False, widget=DateInput(), help_text="不填：每条按它的类别和缓急计算"
    )
    deadline_reason = words("期限晚于规则的理由", max_length=200)
    supporting_units = forms.ModelMultipleChoiceField(
        Unit.objects.none(), label="协办单位", required=False, widget=PersonSelectMultiple()
    )
    note = words("说明", rows=2, max_length=200)

    def __init__(self, *args: Any, operation: str, user: User, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if operation == BulkOperation.REMIND:
            self.fields = {name: self.fields[name] for name in ("note", "submission_key")}
        else:
            units = Unit.objects.visible_to(user).filter(is_active=True)
            for name in ("lead_unit", "supporting_units"):
                rows_field(self.fields, name).queryset = units
            rows_field(self.fields, "handler").queryset = User.objects.visible_to(user).working().select_related("unit")
        self.style()

    @property
    def move_data(self) -> MoveData:
        given = {name: value for name, value in self.cleaned_data.items() if name != "submission_key"}
        return MoveData(**{**given, "supporting_units": list(given.get("supporting_units", []))})

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
