"""Two firms of the register become one: all that hangs on the one goes to the other, and each row is noted so that it
can be taken back (`unmerging`)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Max

from common.audit import note_changes
from common.closing import Corrected, look, settle
from common.forms.conflicts import StaleVersionError
from common.idempotence import own_key, saved_before
from common.periods import local_date
from enterprises.doubles.comparison import CHOSEN
from enterprises.doubles.plan import Fate, MergePlan, plain, plan_merge, read
from enterprises.doubles.relations import How, relations
from enterprises.models import Enterprise, EnterpriseMerge, FormerName, MergedRow, NameOrigin, RowFate
from enterprises.services.errors import RegisterError

# The words of a capital go with its amount.
WITH = {"registered_capital": ("capital_text",)}
BATCH = 500


@dataclass(frozen=True)
class MergeData:
    """What somebody decided: which fields take the other firm's value, in which both are kept, and why they are one.
    The versions are those of the page that was looked at."""

    taken: frozenset[str]
    versions: tuple[int | None, int | None]  # of the survivor, of the one that is merged
    reason: str
    both: frozenset[str] = frozenset()


@transaction.atomic
def merge_enterprises(
    *, survivor: Enterprise, merged: Enterprise, data: MergeData, actor: Any, at: datetime, submission: UUID | None
) -> EnterpriseMerge:
    """Brings what hangs on one firm under another; the same form sent again finds the merge it made. What that moves in
    closed half-years is noted for them with the reason.

    Raises:
        StaleVersionError: one of the two was changed since the page was opened.
        RegisterError: not two firms of the register, no reason, or not the actor's to merge.
    """
    made = saved_before(EnterpriseMerge, actor, submission)
    if made:
        return made
    check(survivor, merged, data, actor)
    survivor, merged = held(survivor, merged, data.versions)
    newest = newest_rows()
    plan = plan_merge(survivor, merged, hold=True)
    seen = look(survivor, merged, *(one.row for one in plan.fates))
    taken, had = values_taken(survivor, merged, data), (survivor.name, survivor.uscc or "")
    merge = EnterpriseMerge.objects.create(
        survivor=survivor, merged=merged, reason=data.reason.strip(), taken=taken, newest=newest,
        code=merged.uscc or "", made_at=at, made_by=actor, made_by_name=actor.name,
        submission=own_key(actor, submission),
    )  # fmt: skip
    leave_trace(merged, survivor)
    take_values(survivor, taken)
    carry_out(plan, merge, actor)
    keep_names(merge, survivor, had)
    words = f"“{merged}”并入“{survivor}”"
    settle(seen, Corrected(survivor, words, f"{words}：{merge.reason}", actor))
    return merge


def check(survivor: Enterprise, merged: Enterprise, data: MergeData, actor: Any) -> None:
    if not actor.can("register.merge"):
        raise RegisterError("只有政法委办公室的管理员可以合并企业")
    if survivor.pk == merged.pk:
        raise RegisterError("请选两家企业")
    if not data.reason.strip():
        raise RegisterError("请写明为什么是同一家", "reason")


def held(survivor: Enterprise, merged: Enterprise, versions: Sequence[int | None]) -> tuple[Enterprise, Enterprise]:
    """Both as they are now, held in the order of their keys, so that two merges never wait for each other."""
    pks = [survivor.pk, merged.pk]
    rows = {row.pk: row for row in Enterprise.objects.select_for_update(of=("self",)).filter(pk__in=pks).order_by("pk")}
    if len(rows) < len(pks):
        raise RegisterError("其中一家刚刚已并入别的企业，请刷新后再看")
    found = rows[survivor.pk], rows[merged.pk]
    if tuple(one.version for one in found) != tuple(versions):
        raise StaleVersionError
    return found


def newest_rows() -> dict[str, int]:
    """Of each kind the newest row there is."""
    moving = (one for one in relations() if one.how != How.STAY)
    return {one.name: one.holder._base_manager.aggregate(last=Max("pk"))["last"] or 0 for one in moving}


def values_taken(survivor: Enterprise, merged: Enterprise, data: MergeData) -> dict[str, list[Any]]:
    """By column of the survivor, what it is and what it becomes."""
    found = {}
    for name in CHOSEN:
        for part in (name, *WITH.get(name, ())):
            column = Enterprise._meta.get_field(part).attname  # type: ignore[union-attr]  # its own columns
            ours, theirs = getattr(survivor, column), getattr(merged, column)
            if name in data.both and ours and theirs and ours != theirs:
                found[column] = [plain(ours), f"{ours}\n{theirs}"]
            elif name in data.taken and ours != theirs:
                found[column] = [plain(ours), plain(theirs)]
    if "uscc" in found:
        found["is_verified"] = [survivor.is_verified, bool(found["uscc"][1])]
    return found


def leave_trace(merged: Enterprise, survivor: Enterprise) -> None:
    """First, for the survivor may take its code."""
    merged.merged_into, merged.uscc = survivor, None
    merged.version += 1
    merged.save(update_fields=["merged_into", "uscc", "version"])


def take_values(survivor: Enterprise, taken: Mapping[str, Sequence[Any]]) -> None:
    for column, value in read(Enterprise, {column: after for column, (_, after) in taken.items()}).items():
        setattr(survivor, column, value)
    survivor.version += 1
    survivor.save()


def carry_out(plan: MergePlan, merge: EnterpriseMerge, actor: Any) -> None:
    """What goes first: two pairings of one officer cannot stand side by side."""
    MergedRow.objects.bulk_create(
        (
            MergedRow(
                merge=merge,
                relation=one.relation.name,
                key=one.row.pk,
                fate=one.fate,
                before=one.before,
                after=one.after,
            )
            for one in plan.fates
        ),
        batch_size=BATCH,
    )
    for one in plan.fates:
        if one.fate == RowFate.REMOVED:
            one.row.delete()
    by_kind: dict[str, list[Fate]] = {}
    for one in plan.fates:
        if one.fate != RowFate.REMOVED:
            by_kind.setdefault(one.relation.name, []).append(one)
    for fates in by_kind.values():
        write(fates)
    note_groups(plan.fates, merge, actor)


def write(fates: Sequence[Fate]) -> None:
    """One statement for all that only change hands; whoever has one of them open is told so by its version."""
    relation = fates[0].relation
    grown = {"version": F("version") + 1} if relation.is_versioned else {}
    alike: dict[str, list[Fate]] = {}
    for one in fates:
        alike.setdefault(str(sorted(one.after.items())), []).append(one)
    for group in alike.values():
        after = read(relation.holder, group[0].after)
        for start in range(0, len(group), BATCH):
            pks = [one.row.pk for one in group[start : start + BATCH]]
            relation.holder._base_manager.filter(pk__in=pks).update(**after, **grown)


def note_groups(fates: Iterable[Fate], merge: EnterpriseMerge, actor: Any, back: bool = False) -> None:
    """An audit row for each record that changed hands, kind by kind; what is deleted tells its own."""
    by_kind: dict[str, list[Fate]] = {}
    for one in fates:
        by_kind.setdefault(one.relation.name, []).append(one)
    for found in by_kind.values():
        shown = records_shown(found)
        told = [(shown[pk], changes_of(one, merge, back)) for one in found if (pk := owner_of(one)) in shown]
        note_changes(told, actor)


def owner_of(one: Fate) -> Any:
    return getattr(one.row, "pk" if one.relation.owner == "pk" else one.relation.owner)


def records_shown(found: Sequence[Fate]) -> dict[Any, Any]:
    """The records that stand for the rows, with what their names are made of."""
    model = found[0].relation.shown
    named = {"officer", "enterprise", "project"} & {field.name for field in model._meta.fields}
    rows = model._base_manager.select_related(*sorted(named)) if named else model._base_manager.all()
    return {row.pk: row for row in rows.filter(pk__in={owner_of(one) for one in found})}


def changes_of(one: Fate, merge: EnterpriseMerge, back: bool) -> dict[str, tuple[Any, Any]]:
    if one.relation.how == How.LINK:
        name = one.relation.name.rpartition(".")[2]
        return {name: (merge.survivor, merge.merged) if back else (merge.merged, merge.survivor)}
    names = {field.attname: field.name for field in one.relation.holder._meta.concrete_fields}
    return {names[column]: (one.before.get(column), value) for column, value in one.after.items()}


def keep_names(merge: EnterpriseMerge, survivor: Enterprise, had: tuple[str, str]) -> None:
    """The names and codes that are nobody's now: the merged firm's, and the survivor's own where it took others."""
    told = [(merge.merged.name, merge.code), had]
    day = local_date(merge.made_at)
    for name, code in told:
        lost = code if code != survivor.uscc else ""
        one = FormerName(
            enterprise=survivor, name=name, uscc=lost, used_until=day, origin=NameOrigin.MERGED, merge=merge
        )
        one.noted_by = merge.made_by
        one.fill_keys()
        if lost or one.name_key != survivor.name_key:
            one.save()


@transaction.atomic
def gather_left_behind() -> int:
    """What was entered for a firm at the very moment it was merged still names the trace: it follows, as part of that
    merge. Gives back how many rows."""
    found = 0
    moving = [one for one in relations() if one.how != How.STAY]
    fields = {one: one.column.removesuffix("_id") for one in moving}
    traces = {
        pk
        for one in moving
        for pk in one.holder._base_manager.filter(**{f"{fields[one]}__merged_into__isnull": False})
        .values_list(one.column, flat=True)
        .distinct()
    }
    for merge in (
        EnterpriseMerge.objects.filter(merged__in=traces, undone_at=None).select_related("merged").order_by("pk")
    ):
        survivor = merge.merged.standing()
        plan = plan_merge(survivor, merge.merged, hold=True)
        seen = look(survivor, merge.merged, *(one.row for one in plan.fates))
        for one in plan.fates:  # one that was given back by hand, and has come again
            MergedRow.objects.filter(merge=merge, relation=one.relation.name, key=one.row.pk).delete()
        carry_out(plan, merge, merge.made_by)
        words = f"“{merge.merged}”并入“{survivor}”"
        settle(seen, Corrected(survivor, words, f"{words}：{merge.reason}", merge.made_by))
        found += len(plan.fates)
    return found
