"""A merge taken back: each row where it was, unless it has gone elsewhere since; what came since stays, and is told."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from common.closing import Corrected, look, settle
from enterprises.doubles.plan import Fate, plain, read
from enterprises.doubles.relations import How, Relation, relations
from enterprises.models import Enterprise, EnterpriseMerge, MergedRow, RowFate
from enterprises.services.errors import RegisterError
from enterprises.services.merging import BATCH, note_groups, write

UNDOABLE = timedelta(days=30)


def undo_merge(*, merge: EnterpriseMerge, actor: Any, at: datetime, reason: str) -> EnterpriseMerge:
    """Takes a merge back; `undo_words` of the result tell what stays. Taken back already, nothing happens.

    Raises:
        RegisterError: too late, a later merge stands on it, its name or code is another's by now, or no reason.
    """
    try:
        with transaction.atomic():
            return taken_back(merge, actor, at, reason)
    except IntegrityError as error:
        raise RegisterError("合并以后登记的内容与恢复的有冲突，没有撤销；请先改正后来登记的企业或结对") from error


def taken_back(merge: EnterpriseMerge, actor: Any, at: datetime, reason: str) -> EnterpriseMerge:
    merge = EnterpriseMerge.objects.select_for_update(of=("self",)).get(pk=merge.pk)
    if merge.undone_at:
        return merge
    pks = [merge.survivor_id, merge.merged_id]
    both = {one.pk: one for one in Enterprise.every.select_for_update(of=("self",)).filter(pk__in=pks).order_by("pk")}
    merge.survivor, merge.merged = (both[pk] for pk in pks)
    if fault := why_not(merge, actor, at, reason):
        raise RegisterError(fault)
    told: list[str] = []
    returning, kept = fates_back(merge, told)
    gone = [one for one in removed(merge) if can_return(one, merge, kept, told)]
    seen = look(merge.survivor, merge.merged, *(one.row for one in [*returning, *gone]))
    give_back_values(merge.survivor, merge.taken, told)
    stand_again(merge)
    for fates in by_relation(returning):
        write(fates)
    for one in gone:
        one.row.save(force_insert=True)
    merge.names.all().delete()
    note_groups([*returning, *gone], merge, actor, back=True)
    merge.undone_at, merge.undone_by, merge.undone_by_name = at, actor, actor.name
    merge.undo_reason, merge.undo_words = reason.strip(), [*told, *added_since(merge)]
    merge.save()
    words = f"撤销“{merge.merged}”并入“{merge.survivor}”"
    settle(seen, Corrected(merge.survivor, words, f"{words}：{merge.undo_reason}", actor))
    return merge


def why_not(merge: EnterpriseMerge, actor: Any, at: datetime, reason: str) -> str:
    """Why a merge cannot be taken back, in words; empty when it can."""
    if not actor.can("register.merge"):
        return "只有政法委办公室的管理员可以撤销合并"
    if at - merge.made_at > UNDOABLE:
        return "合并已满 30 天，不能再撤销；确实不是同一家的，请重新登记，逐条改到它名下"
    if not reason.strip():
        return "请写明为什么撤销"
    if merge.survivor.merged_into_id:
        return f"“{merge.survivor}”后来并入了别的企业，请先撤销那一次合并"
    return taken_since(merge)


def taken_since(merge: EnterpriseMerge) -> str:
    """Whether what was the merged firm's alone is another's by now."""
    others = Enterprise.objects.exclude(pk__in=[merge.survivor_id, merge.merged_id])
    if merge.code:
        other = others.filter(uscc=merge.code).first()
        held = merge.survivor.uscc == merge.code and "uscc" not in merge.taken
        if other or held:
            return f"信用代码 {merge.code} 现在是“{other or merge.survivor}”的，请先改正那一家"
        return ""
    same = others.filter(uscc=None, name_key=merge.merged.name_key).first()
    return f"合并以后又登记了一家“{same}”（同样没有信用代码），请先把那一家并入或补上代码" if same else ""


def by_relation(fates: Sequence[Fate]) -> Iterator[list[Fate]]:
    for name in dict.fromkeys(one.relation.name for one in fates):
        yield [one for one in fates if one.relation.name == name]


def fates_back(merge: EnterpriseMerge, told: list[str]) -> tuple[list[Fate], list[Any]]:
    """The rows that go back, as what is written to them; and those that were changed since and stay as they are."""
    known = {one.name: one for one in relations()}
    returning: list[Fate] = []
    kept: list[Any] = []
    for name in merge.rows.order_by("relation").values_list("relation", flat=True).distinct():
        noted = list(merge.rows.filter(relation=name).exclude(fate=RowFate.REMOVED).order_by("pk"))
        rows = rows_now(known[name], [one.key for one in noted])
        if missing := len(noted) - len(rows):
            told.append(f"{known[name].label} {missing} 条合并以后已删除或不再关联")
        for one in noted:
            row = rows.get(one.key)
            if row is not None and (fate := back(one, row, known[name], told)):
                returning.append(fate)
            elif row is not None:
                kept.append(row)
    return returning, kept


def rows_now(relation: Relation, keys: Sequence[int]) -> dict[int, Any]:
    found: dict[int, Any] = {}
    for start in range(0, len(keys), BATCH):
        rows = relation.holder._base_manager.select_for_update(of=("self",))
        found |= {row.pk: row for row in rows.filter(pk__in=keys[start : start + BATCH]).order_by("pk")}
    return found


def back(noted: MergedRow, row: Any, relation: Relation, told: list[str]) -> Fate | None:
    """What takes a row back: only what nobody has changed since. One that went to another firm since stays there."""
    same = {name for name, value in noted.after.items() if plain(getattr(row, name)) == value}
    moved = noted.fate == RowFate.MOVED
    if (moved and relation.column not in same) or (not moved and same != set(noted.after)):
        told.append(f"{relation.label}“{row}”合并以后改过，保持现在的样子")
        return None
    after = {name: noted.before[name] for name in sorted(same)}
    return Fate(relation, row, RowFate(noted.fate), {name: noted.after[name] for name in after}, after)


def removed(merge: EnterpriseMerge) -> Iterator[Fate]:
    """The rows that the merge removed, as they were; not stored yet."""
    known = {one.name: one for one in relations()}
    for one in merge.rows.filter(fate=RowFate.REMOVED).order_by("pk"):
        relation = known[one.relation]
        yield Fate(relation, relation.holder(**read(relation.holder, one.before)), RowFate.REMOVED, {}, {})


def can_return(one: Fate, merge: EnterpriseMerge, kept: Sequence[Any], told: list[str]) -> bool:
    """A pairing of the survivor's own stays within the one it is part of, where that was changed since; a link needs
    the record that had it."""
    if one.relation.how == How.LINK:
        there = one.relation.shown._base_manager.filter(pk=getattr(one.row, one.relation.owner)).exists()
        if not there:
            told.append(f"{one.relation.label} 1 条合并以后已删除")
        return there
    stays = one.row.enterprise_id == merge.survivor_id and one.row.officer_id in {
        getattr(row, "officer_id", None) for row in kept
    }
    if stays:
        told.append(f"{one.row.officer.name}与“{merge.survivor}”的结对合并以后改过，原来分开的几段不再恢复")
    return not stays


def give_back_values(survivor: Enterprise, taken: Mapping[str, Sequence[Any]], told: list[str]) -> None:
    """What the survivor took, unless somebody has changed it since."""
    values = read(Enterprise, {column: before for column, (before, _) in taken.items()})
    labels = {field.attname: field.verbose_name for field in Enterprise._meta.concrete_fields}
    for column, value in values.items():
        if plain(getattr(survivor, column)) == taken[column][1]:
            setattr(survivor, column, value)
        else:
            told.append(f"“{survivor}”的{labels[column]}合并以后改过，保持现在的内容")
    survivor.version += 1
    survivor.save()


def stand_again(merge: EnterpriseMerge) -> None:
    merged = merge.merged
    merged.merged_into, merged.uscc = None, merge.code or None
    merged.version += 1
    merged.save(update_fields=["merged_into", "uscc", "version"])


def added_since(merge: EnterpriseMerge) -> Iterator[str]:
    """What came under the survivor after the merge, and stays there."""
    for relation in relations():
        last = merge.newest.get(relation.name)
        if last is not None:
            count = relation.rows(merge.survivor).filter(pk__gt=last).count()
            if count:
                yield f"合并以后登记在“{merge.survivor}”名下的{relation.label} {count} 条仍在那里，需要的请逐条改"
