import django_filters

from common.books.sheets import Column
from common.forms.filters import FilterForm, ListFilter
from common.periods import Period
from reports.models import Briefing, BriefingStatus
from reports.models.briefings import BriefingQuerySet


class BriefingFilter(ListFilter[BriefingQuerySet]):
    period = django_filters.ChoiceFilter(label="统计期", empty_label="统计期")
    status = django_filters.ChoiceFilter(label="状态", choices=BriefingStatus, empty_label="状态")

    main = ("q", "period", "status")
    sorts = {"period": "period", "title": "title", "created": "created_at"}
    default_sort = ("-period", "-pk")

    class Meta:
        model = Briefing
        fields: list[str] = []
        form = FilterForm

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        codes = self.queryset.order_by("-period").values_list("period", flat=True).distinct()
        self.form.fields["period"].choices = [("", "统计期"), *((code, Period.parse(code).label) for code in codes)]


COLUMNS = [
    Column("标题", lambda row: row.title, 48),
    Column("统计期", lambda row: row.period_label, 14),
    Column("范围", lambda row: row.scope, 16),
    Column("状态", lambda row: row.get_status_display(), 10),
    Column("起草人", lambda row: row.author, 12),
    Column("签发人", lambda row: row.issue.issued_name if not row.is_draft else "", 12),
    Column("签发时间", lambda row: row.issue.issued_at if not row.is_draft else "", 18),
    Column("数字", lambda row: row.issue.figure_count if not row.is_draft else "", 8),
    Column("SHA-256", lambda row: row.issue.sha256 if not row.is_draft else "", 66),
]
