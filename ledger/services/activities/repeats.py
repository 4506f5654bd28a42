"""The same visit twice: one form sent again, or one visit typed again."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.db.models import Q

from accounts.models import User
from common.idempotence import differing, only_adds
from ledger.models import ActivityKind, ServiceActivity
from ledger.services.activities.rules import completed, told_outputs
from ledger.services.activities.typed import ActivityData
from ledger.services.errors import LedgerError
from ledger.services.files import unknown


class SameVisitError(LedgerError):
    """The same person has logged such a visit that day; saving another needs their word."""

    def __init__(self, earlier: ServiceActivity) -> None:
        whom = earlier.target or str(earlier.workstream or "")
        super().__init__(
            f"您在 {earlier.happened_on:%-m月%-d日} 已记过一次{earlier.get_kind_display()}：{whom}。"
            "同一次不必再记；确是另一次的，请勾选“这是另一次”再保存"
        )
        self.earlier = earlier


def refuse_same_visit(actor: User, columns: Mapping[str, Any]) -> None:
    """Asks before a second visit of one day to one firm, or a second duty at one headquarters.

    Raises:
        SameVisitError: there is one already.
    """
    names = ("enterprise", "project", "target_name")
    served = {name: columns.get(name) or ("" if name == "target_name" else None) for name in names}
    if columns["kind"] == ActivityKind.DUTY:
        served["workstream"] = columns.get("workstream")
    elif not any(served.values()):
        return
    mine = ServiceActivity.objects.visible_to(actor).filter(officer=actor)
    that_day = mine.filter(kind=columns["kind"], happened_on=columns["happened_on"])
    same = that_day.filter(Q(*((name, value) for name, value in served.items() if value is not None)))
    if earlier := same.select_related("enterprise", "project", "workstream").order_by("pk").first():
        raise SameVisitError(earlier)


def new_in(stored: ServiceActivity, data: ActivityData) -> ActivityData:
    """What was typed, less the problems and files that the record has already."""
    known = set(stored.entries.values_list("title", "category"))
    problems = [one for one in data.problems if (one.title, one.category.pk) not in known]
    return replace(data, problems=problems, files=unknown(stored, data.files))


def is_repeat(stored: ServiceActivity, data: ActivityData) -> bool:
    """Whether nothing came that is not recorded already (a file that is missing now was not sent again)."""
    new = new_in(stored, data)
    had, came = quantities(stored), told_outputs(data.columns["kind"], data.outputs)
    return not (differing(stored, everything(stored, data)) or had != came or new.problems or new.files)


def is_addition(stored: ServiceActivity, data: ActivityData) -> bool:
    """Whether what came takes nothing away from a record that nobody has changed since."""
    had, came = quantities(stored), told_outputs(data.columns["kind"], data.outputs)
    kept = all(only_adds(getattr(stored, name), value) for name, value in everything(stored, data).items())
    return stored.version == 1 and kept and had.items() <= came.items()


def everything(stored: ServiceActivity, data: ActivityData) -> dict[str, Any]:
    return {**completed(data.columns, stored.officer), "participants": list(data.participants)}


def quantities(stored: ServiceActivity) -> dict[str, int]:
    return dict(stored.outputs.values_list("measure", "quantity"))
