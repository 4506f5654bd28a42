"""Which records changed since figures were counted: a few look-ups of the newest rows instead of counting again."""

from datetime import datetime, timedelta
from typing import Any

from auditlog.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Max, Q, QuerySet

from accounts.models import User
from common.periods import local_date
from reports.figures.indicators import INDICATORS
from reports.figures.sources import Source

# What was recorded a moment before the count may have been committed after it. No work takes longer than this
# (CELERY_TASK_TIME_LIMIT), so that one more look after it finds the stragglers.
SETTLED_AFTER = timedelta(minutes=15)

SOURCES: dict[str, Source] = {one.source.key: one.source for one in INDICATORS.values()}
READS: dict[str, set[str]] = {
    key: {model._meta.label_lower for model in (*source.reads, *([User] if source.splits else []))}
    for key, source in SOURCES.items()
}
TABLES = {model._meta.label_lower: model for source in SOURCES.values() for model in source.reads}


def marks(now: datetime) -> dict[str, Any]:
    """The newest row of everything figures are counted from, and the day, since months end by themselves.

    The history (`LogEntry`) shows changes and deletions; the tables what was brought in without one.
    """
    return {
        "day": local_date(now).isoformat(),
        "at": now.isoformat(),
        "log": newest(LogEntry),
        "tables": {name: newest(model) for name, model in sorted(TABLES.items())},
    }


def newest(model: Any) -> int:
    return model.objects.aggregate(last=Max("pk"))["last"] or 0


def changed(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    """The sources whose figures may differ between two marks; all of them on another day or without a first mark."""
    if not before or before["day"] != after["day"] or before["tables"].keys() != after["tables"].keys():
        return set(SOURCES)
    touched = {name for name, last in after["tables"].items() if last != before["tables"][name]}
    if after["log"] != before["log"] or waited(before, after):
        touched |= logged(before, after)
    return {key for key, reads in READS.items() if reads & touched}


def waited(before: dict[str, Any], after: dict[str, Any]) -> bool:
    """Whether everything recorded before the first mark has been committed by the second, and not yet by the first."""
    return datetime.fromisoformat(after["at"]) - datetime.fromisoformat(before["at"]) >= SETTLED_AFTER


def logged(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    """Tables the history names since a mark, those that may have been late for it included."""
    rule = Q(pk__gt=before["log"])
    if waited(before, after):
        at = datetime.fromisoformat(before["at"])
        rule |= Q(timestamp__gt=at - SETTLED_AFTER, timestamp__lte=at)
    rows: QuerySet[LogEntry] = LogEntry.objects.filter(rule).order_by()
    kinds = ContentType.objects.in_bulk(set(rows.values_list("content_type", flat=True).distinct()))
    return {f"{kind.app_label}.{kind.model}" for kind in kinds.values()}
