"""What the pages about doubles and merges show. Reads only."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet

from enterprises.doubles.comparison import words_of
from enterprises.doubles.finding import card_of, formers_of, likely_pairs
from enterprises.doubles.likeness import Likeness, likeness
from enterprises.doubles.plan import read
from enterprises.doubles.relations import relations
from enterprises.models import Enterprise, EnterpriseMerge, FormerName, LikelyDouble, NotDoubles, RowFate
from enterprises.services.comparing import FIND
from enterprises.services.unmerging import UNDOABLE
from jobs.models import ACTIVE, Job, JobState


def double_rows(user: Any) -> QuerySet[LikelyDouble]:
    return likely_pairs(user)


def decided_rows(user: Any) -> QuerySet[NotDoubles]:
    return NotDoubles.objects.visible_to(user).select_related("one", "other").order_by("-decided_at", "-pk")


def merge_rows(user: Any) -> QuerySet[EnterpriseMerge]:
    rows: QuerySet[EnterpriseMerge] = EnterpriseMerge.objects.visible_to(user)
    return rows.select_related("survivor", "merged").annotate(moved=Count("rows")).order_by("-made_at", "-pk")


@dataclass(frozen=True)
class Found:
    """When all were compared last, and whether that is under way again."""

    at: datetime | None
    running: bool


def last_found() -> Found:
    jobs = Job.objects.filter(kind=FIND)
    done = jobs.filter(state=JobState.DONE).order_by("-finished_at").values_list("finished_at", flat=True).first()
    return Found(done, jobs.filter(state__in=ACTIVE).exists())


def with_reasons(pairs: list[LikelyDouble]) -> list[tuple[LikelyDouble, Likeness]]:
    """Why each pair of a page is likely as the two are now, which may have been put right since they were compared."""
    kept = formers_of({pk for pair in pairs for pk in (pair.one_id, pair.other_id)})
    cards = {firm.pk: card_of(firm, kept[firm.pk]) for pair in pairs for firm in (pair.one, pair.other)}
    return [(pair, likeness(cards[pair.one_id], cards[pair.other_id])) for pair in pairs]


@dataclass(frozen=True)
class Taken:
    """A field of the survivor that the merge changed, in words."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class MergePage:
    merge: EnterpriseMerge
    groups: list[dict[str, Any]]
    taken: list[Taken]
    names: list[FormerName]
    until: datetime
    may_undo: bool


def merge_page(merge: EnterpriseMerge, now: datetime) -> MergePage:
    until = merge.made_at + UNDOABLE
    return MergePage(
        merge=merge,
        groups=groups_of(merge),
        taken=taken_of(merge),
        names=list(merge.names.order_by("pk")),
        until=until,
        may_undo=merge.undone_at is None and now <= until,
    )


def groups_of(merge: EnterpriseMerge) -> list[dict[str, Any]]:
    """How many records of each kind, and what became of them."""
    labels = {one.name: one.label for one in relations()}
    rows = merge.rows.order_by("relation", "fate").values("relation", "fate").annotate(count=Count("pk"))
    return [
        {
            "label": labels.get(row["relation"], row["relation"]),
            "fate": RowFate(row["fate"]).label,
            "count": row["count"],
        }
        for row in rows
    ]


def taken_of(merge: EnterpriseMerge) -> list[Taken]:
    before, after = Enterprise(), Enterprise()
    names = {field.attname: field for field in Enterprise._meta.concrete_fields}
    for column, (was, now) in merge.taken.items():
        for firm, value in ((before, was), (after, now)):
            setattr(firm, column, read(Enterprise, {column: value})[column])
    shown = [names[column] for column in merge.taken if names[column].editable and column != "is_verified"]
    return [Taken(str(f.verbose_name), words_of(before, f.name), words_of(after, f.name)) for f in shown]


def merged_words(merge: EnterpriseMerge) -> str:
    """What a merge did, for the person who made it."""
    told = "、".join(f"{group['label']} {group['count']} 条{group['fate']}" for group in groups_of(merge))
    return f"“{merge.merged}”已并入“{merge.survivor}”：{told or '名下没有记录'}。30 天内可以撤销"
