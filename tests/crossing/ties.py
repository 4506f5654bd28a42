"""What ties rows together and must hold whatever was done: merged firms, the roster, answers to orders, the tree."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from auditlog.models import LogEntry
from django.apps import apps
from django.contrib.contenttypes.models import ContentType

from cases.models import LegalCase
from duty.selectors.gaps import personal_gaps
from enterprises.models import Enterprise
from tests.crossing.invariants import Snapshot
from tests.crossing.world import World

# What tells of this very firm: it stays with the trace.
STAY = {"enterprises.enterprise", "enterprises.enterprisemerge", "enterprises.likelydouble", "enterprises.notdoubles"}
LINKS = "cases.LegalCase_enterprises"


def traces(world: World, before: Snapshot, after: Snapshot) -> Iterator[str]:
    """Nothing is left with a firm that was merged, whatever came of it since; who it went to stands."""
    firms = after.rows["enterprises.Enterprise"]
    gone = {pk for pk, row in firms.items() if row["merged_into_id"]}
    for label, column in pointing():
        for pk, row in after.rows[label].items():
            if row[column] in gone:
                yield f"{label} {pk} 还在已并入别家的企业 {row[column]} 名下"
    for pk in gone:
        passed, at = set(), pk
        while at and at not in passed:
            passed.add(at)
            at = firms[at]["merged_into_id"]
        if at:
            yield f"企业 {pk} 并来并去回到了自己"


def pointing() -> list[tuple[str, str]]:
    """Every table and column that names a firm, also those between the two of a many-to-many list."""
    return [
        (model._meta.label, field.attname)
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.concrete_fields
        if field.related_model is Enterprise and model._meta.label_lower not in STAY
    ]


def links(world: World, before: Snapshot, after: Snapshot) -> Iterator[str]:
    """A case whose firms changed says so in its own history."""
    changed = {
        row["legalcase_id"]
        for label, _, was, now in before.changes(after)
        if label == LINKS
        for row in (was, now)
        if row
    }
    rows = LogEntry.objects.filter(pk__gt=before.trail, content_type=ContentType.objects.get_for_model(LegalCase))
    told = set(rows.values_list("object_pk", flat=True))
    yield from (f"案件 {pk} 的企业变了，没有操作记录" for pk in sorted(changed) if str(pk) not in told)


def roster(world: World, before: Snapshot, after: Snapshot) -> Iterator[str]:
    """Days gone by stay as they were arranged; a swap that waits is about seats that are still so."""
    shifts = after.rows["duty.DutyShift"]
    for pk, row in before.rows["duty.DutyShift"].items():
        if row["day"] < world.today and {**shifts.get(pk, {}), "told_gap": ""} != {**row, "told_gap": ""}:
            yield f"{row['day']} 的值班 {pk} 已经过去，又变了"
    for pk, swap in after.rows["duty.DutySwap"].items():
        if swap["state"] == "asked":
            shift, other = shifts.get(swap["shift_id"], {}), shifts.get(swap["other_id"], {})
            if shift.get("officer_id") != swap["asked_by_id"]:
                yield f"换班 {pk} 等着答复，要换的班已经不是申请人的"
            if swap["is_exchange"] and other.get("officer_id") != swap["asked_of_id"]:
                yield f"换班 {pk} 等着答复，换来的班已经不是对方的"


def gaps(world: World) -> Iterator[str]:
    """Who is down for a day ahead and won't come is on the office's list, and nobody else."""
    now = Snapshot.now().rows
    people, leaves = now["accounts.User"], list(now["duty.DutyLeave"].values())
    by_hand = {
        pk for pk, row in now["duty.DutyShift"].items()
        if row["day"] >= world.today and wont_come(row, people[row["officer_id"]], leaves)
    }  # fmt: skip
    listed = set(personal_gaps(world.admins[0], world.today).values_list("pk", flat=True))
    if listed != by_hand:
        yield f"空班列出 {sorted(listed)}，手数是 {sorted(by_hand)}"


def wont_come(row: dict[str, Any], person: dict[str, Any], leaves: list[dict[str, Any]]) -> bool:
    away = any(
        one["officer_id"] == person["id"] and one["starts_on"] <= row["day"] <= one["ends_on"] for one in leaves
    )  # fmt: skip
    return not person["is_active"] or person["role"] == "auditor" or person["unit_id"] != row["unit_id"] or away


def answers(world: World, before: Snapshot, after: Snapshot) -> Iterator[str]:
    """An order stands where its last answer and the leader's word have left it."""
    replies = defaultdict(list)
    for row in after.rows["ledger.OrderReply"].values():
        replies[row["order_id"]].append(row)
    for pk, order in after.rows["ledger.SupervisionOrder"].items():
        rows = sorted(replies[pk], key=lambda row: row["number"])
        yield from (f"{order['number']} {fault}" for fault in answer_faults(order, rows))


def answer_faults(order: dict[str, Any], rows: list[dict[str, Any]]) -> Iterator[str]:
    if [row["number"] for row in rows] != list(range(1, len(rows) + 1)):
        yield f"的回复编号是 {[row['number'] for row in rows]}"
    if any(row["verdict"] != "returned" for row in rows[:-1]):
        yield "没有退回就又回复了"
    verdict = rows[-1]["verdict"] if rows else "returned"
    stands = bool(rows) and verdict != "returned"
    if bool(order["replied_on"]) != stands or (stands and order["reply"] != rows[-1]["words"]):
        yield f"最后一次回复“{verdict}”，督办单上是“{order['reply']}”"
    if bool(order["accepted_on"]) != (verdict == "accepted"):
        yield f"最后一次回复“{verdict}”，认可日期是 {order['accepted_on']}"
    if any(row["verdict"] == "returned" and not row["verdict_words"] for row in rows):
        yield "退回没有写明为什么"


def tree(world: World, before: Snapshot, after: Snapshot) -> Iterator[str]:
    """Each unit's path is that of the one above it and its own."""
    units = after.rows["accounts.Unit"]
    for pk, row in units.items():
        above = units[row["parent_id"]]["path"] if row["parent_id"] else ""
        if row["path"] != f"{above}{pk:04d}/":
            yield f"单位 {row['name']} 的路径是 {row['path']}，上级是 {above}"


TIES = (traces, links, roster, answers, tree)
