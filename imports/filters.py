from typing import Any

import django_filters

from common.forms.filters import FilterForm, ListFilter
from common.sent.seeking import with_words
from imports.models import BatchState, ImportBatch, ImportKind


class BatchFilter(ListFilter):
    q = django_filters.CharFilter(label="文件名", method="search")
    kind = django_filters.ChoiceFilter(label="种类", empty_label="种类", choices=ImportKind)
    state = django_filters.ChoiceFilter(label="状态", empty_label="状态", choices=BatchState)
    main = ("q", "kind", "state")

    class Meta:
        model = ImportBatch
        fields: list[str] = []
        form = FilterForm

    def search(self, queryset: Any, name: str, words: str) -> Any:
        return with_words(queryset, words.strip()[:100], "name")
