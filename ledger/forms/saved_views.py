from typing import Any
from urllib.parse import parse_qsl, urlencode

from django import forms

from accounts.models import User
from common.forms.conflicts import Difference, VersionedFormMixin
from common.forms.fields import StyledFormMixin, words_field
from common.idempotence import SubmissionFormMixin
from ledger.filters.entries import EntryFilter
from ledger.forms.fields import CleanTextMixin, words
from ledger.models import Audience, ProblemEntry, SavedView
from ledger.selectors.entries.exports import COLUMNS
from ledger.services.saved_views import audiences_for


def kept_query(query: str) -> str:
    """What of an address a view keeps: the filters and the order, without empty ones and places in the list."""
    given = dict(parse_qsl(query.lstrip("?")[:2000]))
    return urlencode({name: given[name] for name in [*EntryFilter.base_filters, "sort"] if given.get(name)})[:1000]


class SavedViewForm(CleanTextMixin, StyledFormMixin, VersionedFormMixin, SubmissionFormMixin, forms.Form):
    """Name, audience and columns of a view; its filter is the one the person came with."""

    use_required_attribute = False

    name = words("名称", "请给视图起个名字，如“本月逾期”", max_length=30)
    audience = forms.ChoiceField(label="谁能用", widget=forms.RadioSelect)
    columns = forms.MultipleChoiceField(
        label="显示哪些列",
        required=False,
        choices=[(label, label) for label in COLUMNS],
        widget=forms.CheckboxSelectMultiple,
        help_text="一列都不选，列表显示常用的列，导出包含全部列",
    )
    query = forms.CharField(widget=forms.HiddenInput, required=False, max_length=2000)

    def __init__(self, *args: Any, user: User, view: SavedView | None = None, **kwargs: Any) -> None:
        self.instance = view
        super().__init__(*args, **kwargs)
        self.user = user
        words_field(self.fields, "audience").choices = [(one.value, one.label) for one in audiences_for(user)]
        if view:
            stored = {"name": view.name, "audience": view.audience, "columns": view.columns, "query": view.query}
            self.initial = {**stored, **self.initial}
        else:
            self.initial.setdefault("audience", Audience.OWN)
        self.style()

    def clean_query(self) -> str:
        return kept_query(self.cleaned_data["query"])

    def shown_filter(self) -> EntryFilter:
        """The filter in words, for the page."""
        asked = self["query"].value() or ""
        return EntryFilter(dict(parse_qsl(kept_query(asked))), ProblemEntry.objects.all(), user=self.user)

    def differences(self, stored: Any) -> list[Difference]:
        """The filter too, which is no field that one sees."""
        theirs, ours = (self.filter_of(query) for query in (stored.query, self.cleaned_data.get("query", "")))
        more = [Difference("筛选", theirs, ours)] if theirs != ours else []
        return [*super().differences(stored), *more]

    def filter_of(self, query: str) -> str:
        shown = EntryFilter(dict(parse_qsl(query)), ProblemEntry.objects.all(), user=self.user)
        return shown.words or "没有筛选条件"

    @property
    def view_fields(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("name", "audience", "columns", "query")}
