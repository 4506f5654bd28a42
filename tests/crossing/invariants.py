"""What must hold whatever was done: each says, in words, where it does not. None of it asks the code under test."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from auditlog.models import LogEntry
from auditlog.registry import auditlog
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import Max

from common.audit import NOISE
from ledger.models import (
    CalendarDay,
    DeadlineRule,
    EntryEvent,
    Escalation,
    ProblemEntry,
    Recovery,
    SupervisionOrder,
)
from ledger.vocabulary import Action, EntryState
from tests.crossing.world import World
from tests.ledger import test_states as states

A, S = Action, EntryState
APPS = ("accounts", "enterprises", "cases", "ledger", "duty")
GROWING = frozenset(  # only ever added to: counted, not read
    ("entryevent", "notice", "escalation", "deadlineshift", "attachment", "robotmessage", "bulkrun", "digest")
)
STAMPS = frozenset({"calendar_version_id"})  # by which calendar it was counted: the calendar's change has its own row
APART = frozenset({"draft", "draftfile", "exportlog"})  # what was typed and not saved, who took what away
TARGETS = {
    A.REGISTER: S.REGISTERED, A.ACCEPT: S.ACCEPTED, A.REJECT: S.REJECTED, A.WITHDRAW: S.REJECTED,
    A.MARK_DUPLICATE: S.DUPLICATE, A.ASSIGN: S.ASSIGNED, A.ACKNOWLEDGE: S.HANDLING, A.TRANSFER: S.ASSIGNED,
    A.RETURN: S.ACCEPTED, A.DEFER: S.DEFERRED, A.RESUME_HANDLING: S.HANDLING, A.COMPLETE: S.COMPLETED,
    A.CONFIRM: S.CONFIRMED, A.SEND_BACK: S.HANDLING, A.CLOSE_OUT: S.CLOSED, A.REOPEN: S.HANDLING,
    A.REINSTATE: S.ACCEPTED, A.UNMERGE: S.ACCEPTED,
}  # fmt: skip


def sources() -> dict[str, set[str]]:
    """Which moves lead on from each state: the lists of tests/ledger/test_states.py, written from docs/domain.md."""
    lists = [
        *states.ALLOWED.items(),
        *((S.HANDLING, told) for told in (states.WAITING, states.WARNED, states.EXTENSION_ASKED)),
        *((S.HANDLING, states.DEFERRAL_ASKED), (S.DEFERRED, states.DEFERRED_AGAIN)),
        *((S.REJECTED, states.DRAWN), (S.DUPLICATE, states.DRAWN), (S.ASSIGNED, {"office": [A.UNWARN]})),
    ]
    found: dict[str, set[str]] = defaultdict(set)
    for state, told in lists:
        found[state] |= {action.value for actions in told.values() for action in actions}
    return found


SOURCES = sources()


@dataclass(frozen=True)
class Snapshot:
    """Every row of what people write, and how many there are of what is only added to."""

    rows: dict[str, dict[Any, dict[str, Any]]]
    grown: dict[str, Any]
    trail: int

    @classmethod
    def now(cls) -> "Snapshot":
        models = [model for name in APPS for model in apps.get_app_config(name).get_models(include_auto_created=True)]
        kept = [model for model in models if model._meta.model_name not in APART]
        fixed = {one for one in kept if one._meta.model_name not in GROWING}
        rows = {one._meta.label: {row[one._meta.pk.name]: row for row in one._base_manager.values()} for one in fixed}
        grown = {one._meta.label: one._base_manager.aggregate(last=Max("pk"))["last"] for one in set(kept) - fixed}
        return cls(rows, grown, LogEntry.objects.aggregate(last=Max("pk"))["last"] or 0)

    def differences(self, after: "Snapshot | None" = None) -> list[str]:
        """What is not as it was, by table and row."""
        after = after or Snapshot.now()
        found = [f"{label} {pk}" for label, pk, *_ in self.changes(after)]
        return found + [f"{label} 有新的" for label in self.grown if self.grown[label] != after.grown[label]]

    def changes(self, after: "Snapshot") -> Iterator[tuple[str, Any, dict[str, Any], dict[str, Any]]]:
        """Table, row and the row before and after; empty where there was or is none."""
        for label, was in self.rows.items():
            now = after.rows[label]
            for pk in sorted(was.keys() | now.keys(), key=str):
                if was.get(pk) != now.get(pk):
                    yield label, pk, was.get(pk, {}), now.get(pk, {})


# ---- after each step ----


def trail(world: World, before: Snapshot, after: Snapshot) -> Iterator[str]:
    """Every row that changed, came or went has an audit row of its own, newer than the step began."""
    rows = LogEntry.objects.filter(pk__gt=before.trail).values_list("content_type", "object_pk")
    told = set(rows)
    for label, pk, was, now in before.changes(after):
        model = apps.get_model(label)
        if not auditlog.contains(model):
            continue
        names = {field.attname for field in model._meta.concrete_fields if field.name not in NOISE}
        kept = auditlog.get_model_fields(model)["include_fields"]
        names &= {field.attname for field in model._meta.concrete_fields if not kept or field.name in kept}
        changed = sorted(name for name in names - STAMPS if was.get(name) != now.get(name))
        if changed and (ContentType.objects.get_for_model(model).pk, str(pk)) not in told:
            yield f"{label} {pk} 变了 {'、'.join(changed)}，没有操作记录"


def chains(world: World, before: Snapshot, after: Snapshot) -> Iterator[str]:
    """The events of what changed: without gaps, from where the last led, by the written table, in time."""
    changed = [pk for label, pk, *_ in before.changes(after) if label == "ledger.ProblemEntry"]
    yield from broken_chains(changed)


def broken_chains(pks: list[int]) -> Iterator[str]:
    rows = {row["id"]: row for row in ProblemEntry.objects.filter(pk__in=pks).values()}
    events = defaultdict(list)
    for event in EntryEvent.objects.filter(entry__in=pks).order_by("entry", "seq").values():
        events[event["entry_id"]].append(event)
    for pk, row in rows.items():
        yield from (f"{row['number']} {fault}" for fault in chain_faults(row, events[pk]))


def chain_faults(row: dict[str, Any], events: list[dict[str, Any]]) -> Iterator[str]:
    stood, moment = "", None
    for place, event in enumerate(events, 1):
        action, source, target = event["action"], event["from_state"], event["to_state"]
        if event["seq"] != place or source != stood:
            yield f"第 {place} 步断了：{event['seq']} 号从“{source}”开始，上一步到“{stood}”"
        if target != TARGETS.get(action, source):
            yield f"第 {place} 步 {action} 到了“{target}”"
        if action not in A.SYSTEM and action not in SOURCES[source]:
            yield f"第 {place} 步 {action} 不能从“{source}”开始"
        if moment and event["occurred_at"] < moment:
            yield f"第 {place} 步早于上一步"
        stood, moment = target, event["occurred_at"]
    if stood != row["state"]:
        yield f"现为“{row['state']}”，最后一步到“{stood}”"
    if events and events[-1]["unit_id"] != (row["lead_unit_id"] or row["unit_id"]):
        yield "最后一步的责任单位与现在的不同"


def deadlines(world: World, before: Snapshot, after: Snapshot) -> Iterator[str]:
    """Those of what changed; where calendar or rules have, of all."""
    labels = [label for label, *_ in before.changes(after)]
    everything = any(label in ("ledger.CalendarDay", "ledger.DeadlineRule") for label in labels)
    changed = [pk for label, pk, *_ in before.changes(after) if label == "ledger.ProblemEntry"]
    yield from wrong_deadlines(list(after.rows["ledger.ProblemEntry"]) if everything else changed)


def wrong_deadlines(pks: list[int]) -> Iterator[str]:
    """Each deadline is the one its events tell last; one set by rule is also what counting by hand gives."""
    days = dict(CalendarDay.objects.values_list("day", "is_working"))
    rules = {(row["category_id"], row["priority"]): row["working_days"] for row in DeadlineRule.objects.values()}
    events = defaultdict(list)
    for event in EntryEvent.objects.filter(entry__in=pks).order_by("entry", "seq").values():
        events[event["entry_id"]].append(event)
    for row in ProblemEntry.objects.filter(pk__in=pks).order_by("pk").values():
        told = None
        for event in events[row["id"]]:
            told = event["data"].get("review_day") or event["data"].get("deadline") or told
        if (row["deadline"].isoformat() if row["deadline"] else None) != told:
            yield f"{row['number']} 期限 {row['deadline']}，事件里最后说的是 {told}"
        if row["deadline_basis"] == "rule" and row["state"] in EntryState.OPEN:
            by_hand = counted(row, events[row["id"]], days, rules)
            if by_hand != row["deadline"]:
                yield f"{row['number']} 期限 {row['deadline']}，按规则重数是 {by_hand}"


def working(day: date, days: dict[date, bool]) -> bool:
    return days.get(day, day.weekday() < 5)


def counted(row: dict[str, Any], events: list[dict[str, Any]], days: dict, rules: dict) -> date:
    """The rule's working days after the day it is counted from, and those it waited for the enterprise."""
    keys = [(row["category_id"], row["priority"]), (None, row["priority"]), (row["category_id"], ""), (None, "")]
    left, since = next(rules[key] for key in keys if key in rules), None
    for event in events:
        if event["action"] == A.PAUSE:
            since = event["happened_on"]
        if event["action"] == A.RESUME and since:
            stretch = range(1, (event["happened_on"] - since).days + 1)
            left += sum(working(since + timedelta(days=one), days) for one in stretch)
    day = row["counted_from"]
    while left > 0:
        day += timedelta(days=1)
        left -= working(day, days)
    return day


def ladder(world: World, before: Snapshot, after: Snapshot) -> Iterator[str]:
    """While an entry stays overdue each step is told once, and one order is issued, whatever is recounted meanwhile."""
    climbing = {
        pk
        for pk, row in after.rows["ledger.ProblemEntry"].items()
        if row["state"] in ("registered", "accepted", "assigned", "handling")
        and row["deadline"] is not None and row["deadline"] < world.today and row["paused_on"] is None
    }  # fmt: skip
    for pk in [*(set(world.told) - climbing), *(world.ordered - climbing)]:
        world.told.pop(pk, None)
        world.ordered.discard(pk)
    last = before.grown["ledger.Escalation"] or 0
    for one in Escalation.objects.filter(pk__gt=last).order_by("pk").values("entry", "step", "order"):
        if one["step"] in world.told[one["entry"]]:
            yield f"问题 {one['entry']} 一直逾期，第 {one['step']} 级又走了一遍"
        world.told[one["entry"]].add(one["step"])
        if one["order"] and one["entry"] in world.ordered:
            yield f"问题 {one['entry']} 一直逾期，又自动签发了一份督办单"
        if one["order"]:
            world.ordered.add(one["entry"])


def money(world: World, before: Snapshot, after: Snapshot) -> Iterator[str]:
    """What was typed is there, once, and nothing else: neither a merge nor a split nor an import touches it."""
    stored = {
        pk: (row["kind"], str(row["amount"]), row["happened_on"]) for pk, row in after.rows["ledger.Recovery"].items()
    }
    for pk in sorted(stored.keys() | world.money.keys()):
        if stored.get(pk) != world.money.get(pk):
            yield f"第 {pk} 笔金额现为 {stored.get(pk)}，填的是 {world.money.get(pk)}"
    for row in Recovery.objects.select_related("case", "entry", "activity"):
        if row.workstream_id != row.subject.workstream_id:
            yield f"第 {row.pk} 笔金额在大事 {row.workstream_id}，它所属的记录在 {row.subject.workstream_id}"
        if row.entry_id is None and row.unit_id != row.subject.unit_id:
            yield f"第 {row.pk} 笔金额的单位与它所属的记录不同"


def receives(world: World, before: Snapshot, after: Snapshot) -> Iterator[str]:
    """No open work comes to be with who or what is gone: nobody leaves it, nobody who left is given it.

    What comes back (reopened, taken up again) may name whoever had it; then the others receive it, see `books`.
    """
    if not any(row["role"] == "coordinator" and row["city_wide"] and row["is_active"]
               for row in after.rows["accounts.User"].values()):  # fmt: skip
        yield "政法委办公室没有在岗的联络员"
    was, left = dict(with_gone(before)), dict(with_gone(after))
    stood = before.rows["ledger.ProblemEntry"]
    for (number, pk, who), told in left.items():
        came_back = pk in stood and stood[pk]["state"] not in EntryState.OPEN and who in had(stood[pk])
        if (number, pk, who) not in was and not came_back:
            yield told


def had(row: dict[str, Any]) -> set[tuple[str, int | None]]:
    return {("人", row["handler_id"]), ("单位", row["lead_unit_id"] or row["unit_id"])}


def with_gone(at: Snapshot) -> Iterator[tuple[tuple[str, int, tuple[str, int]], str]]:
    """Open entries and parts of them with people or units that are gone."""
    people, units, entries = (at.rows[label] for label in ("accounts.User", "accounts.Unit", "ledger.ProblemEntry"))
    for pk, row in entries.items():
        if row["state"] not in EntryState.OPEN:
            continue
        number, unit = row["number"], units[row["lead_unit_id"] or row["unit_id"]]
        if not unit["is_active"]:
            yield (number, pk, ("单位", unit["id"])), f"{number} 还没有办完，责任单位“{unit['name']}”已停用"
        person = people.get(row["handler_id"])
        if person and row["lead_unit_id"] and not works(person, unit, units):
            yield (number, pk, ("人", person["id"])), f"{number} 的经办人 {person['name']} 不在{unit['name']}在岗"
    for part in at.rows["ledger.SupportingUnit"].values():
        person, entry = people.get(part["handler_id"]), entries[part["entry_id"]]
        in_hand = entry["state"] in ("assigned", "handling", "deferred") and not part["result"]
        if person and in_hand and not works(person, units[part["unit_id"]], units):
            yield (
                (entry["number"], entry["id"], ("协办", person["id"])),
                f"{entry['number']} 的协办人 {person['name']} 不在岗",
            )


def works(person: dict[str, Any], unit: dict[str, Any], units: dict[int, dict[str, Any]]) -> bool:
    in_use = person["is_active"] and person["role"] != "auditor" and person["unit_id"] is not None
    return in_use and units[person["unit_id"]]["path"].startswith(unit["path"])


def orders(world: World, before: Snapshot, after: Snapshot) -> Iterator[str]:
    """An order's number is given once, and what is answered was signed for."""
    for order in SupervisionOrder.objects.filter(replied_on__isnull=False, acknowledged_on__isnull=True):
        yield f"{order.number} 没有签收就回复了"


EACH = (trail, chains, deadlines, ladder, money, receives, orders)
