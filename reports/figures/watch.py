"""Which records changed since figures were counted: a few look-ups of the newest rows instead of counting again."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from auditlog.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet

from accounts.models import User
from common.periods import local_date
from common.rows.snapshots import committed_since, newest_rows
from reports.figures import balance
from reports.figures.registry.indicators import INDICATORS
from reports.figures.registry.sources import CONFIRMATIONS, Source

SOURCES: dict[str, Source] = {one.source.key: one.source for one in INDICATORS.values()}
READS: dict[str, set[str]] = {
    key: {model._meta.label_lower for model in (*source.reads, *((User,) if source.splits else ()))}
    for key, source in SOURCES.items()
}
TABLES = {model._meta.label_lower: model for source in SOURCES.values() for model in source.reads}
LOG = LogEntry._meta.label_lower


def marks(now: datetime) -> dict[str, Any]:
    """What the figures have seen when they are counted after this.

    The newest row of everything figures are counted from: the history (`LogEntry`) shows changes and deletions, the
    tables what was brought in without one; who was writing at that moment, whose rows may lie below those; what
    each figure counts, since a figure may be new or defined otherwise; and the day, since months end by themselves.
    """
    newest = newest_rows([LogEntry, *(model for _, model in sorted(TABLES.items()))])
    return {
        "day": local_date(now).isoformat(),
        "log": newest.rows.pop(LOG),
        "tables": newest.rows,
        "writing": newest.writing,
        "definitions": definitions(),
    }


def definitions() -> dict[str, str]:
    """What every stored value counts: its source, and the version of its definition."""
    told = {one.code: f"{one.source.key} {one.version}" for one in INDICATORS.values()}
    return told | dict.fromkeys(balance.STORED, f"{CONFIRMATIONS.key} {balance.VERSION}")


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> set[str]:
    """The sources whose figures may differ between two marks; all of them on another day or without a first mark."""
    if not before or before["day"] != after["day"] or before["tables"].keys() != after["tables"].keys():
        return set(SOURCES)
    redefined, late = redefined_between(before, after), committed_since(before.get("writing", {}))
    if redefined is None or late is None:
        return set(SOURCES)
    touched = late | {name for name, last in after["tables"].items() if last != before["tables"][name]}
    if after["log"] != before["log"]:
        touched |= logged_since(before["log"])
    return redefined | {key for key, reads in READS.items() if reads & touched}


def redefined_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> set[str] | None:
    """The sources of figures that are new or defined otherwise; None where a figure is gone, whose values must go."""
    was, now = before.get("definitions", {}), after["definitions"]
    if was.keys() - now.keys() or not was:
        return None
    return {told.split()[0] for code, told in now.items() if was.get(code) != told}


def logged_since(last: int) -> set[str]:
    """Tables the history names after a row of its own."""
    rows: QuerySet[LogEntry] = LogEntry.objects.filter(pk__gt=last).order_by()
    kinds = ContentType.objects.in_bulk(set(rows.values_list("content_type", flat=True).distinct()))
    return {f"{kind.app_label}.{kind.model}" for kind in kinds.values()}
