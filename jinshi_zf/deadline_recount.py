"""Every open entry's deadline counted again from its events and the rows of calendar and rules, in plain Python.

Written from docs/domain.md, “办理期限”, alone: nothing of what sets deadlines is used here, so that a mistake there is
found and not repeated. Steps are reckoned again only by the calendar they were reckoned with.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from ledger.models import CalendarDay, CalendarVersion, DeadlineRule, EntryEvent, ProblemEntry

OPEN = ("registered", "accepted", "assigned", "handling", "deferred", "completed")
BACK = ("send_back", "reopen", "reinstate", "unmerge")
LEAVES = ("complete", "return", "reinstate", "unmerge")
LEFT = re.compile(r"^再次办理，原来剩 (\d+) 个工作日(?:，至少给 (\d+) 个)?")


@dataclass
class Books:
    """The rows everything is counted by."""

    days: dict[date, bool]
    rules: dict[tuple[int | None, str], int]
    changed_at: datetime | None  # the calendar, the last time

    def works(self, day: date) -> bool:
        return self.days.get(day, day.weekday() < 5)

    def after(self, day: date, number: int) -> date:
        while number > 0 and day < date.max:
            day += timedelta(days=1)
            number -= self.works(day)
        return day

    def between(self, start: date, end: date) -> int:
        return sum(self.works(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))

    def allowed(self, category: int, priority: str) -> int:
        keys = ((category, priority), (None, priority), (category, ""), (None, ""))
        return next(self.rules[key] for key in keys if key in self.rules)


@dataclass
class Story:
    """What the events of one entry have told so far."""

    due: date | None = None
    first: date | None = None  # assigned
    left_on: date | None = None
    paused: date | None = None
    granted: date | None = None
    asked: date | None = None
    waits: list[tuple[date, date]] = field(default_factory=list)


def books() -> Books:
    rules = DeadlineRule.objects.values_list("category_id", "priority", "working_days")
    latest = CalendarVersion.objects.order_by("-number").values_list("made_at", flat=True).first()
    days = dict(CalendarDay.objects.values_list("day", "is_working"))
    return Books(days, {(category, priority): number for category, priority, number in rules}, latest)


def told(data: dict[str, Any], *names: str) -> date | None:
    """A day of an event, by code or, before 2026-12, by label."""
    return next((date.fromisoformat(data[name]) for name in names if data.get(name)), None)


def wrong_deadlines() -> Iterator[str]:
    """A sentence for each deadline, and each step that set one, which does not come out."""
    counted_by = books()
    entries = {row["id"]: row for row in ProblemEntry.objects.filter(state__in=OPEN).values()}
    events = EntryEvent.objects.filter(entry__state__in=OPEN).order_by("entry_id", "seq").values()
    for pk, rows in groupby(events.iterator(chunk_size=5000), key=lambda row: row["entry_id"]):
        entry, story = entries.get(pk), Story()
        if entry is None:
            continue  # registered while this runs
        for row in rows:
            for words in step(story, row, counted_by):
                yield f"{entry['number']} 的 {row['seq']} 号事件{words}"
        if entry["deadline"] != story.due:
            yield f"{entry['number']} 的期限为 {entry['deadline']}，按事件应为 {story.due}"
        yield from by_rule(entry, story, counted_by)


def by_rule(entry: Mapping[str, Any], story: Story, counted_by: Books) -> Iterator[str]:
    """A deadline by rule: so many working days from the first assignment, and those that were waited."""
    if entry["deadline_basis"] != "rule" or story.first is None:
        return
    days = counted_by.allowed(entry["category_id"], entry["priority"])
    days += sum(counted_by.between(start, end) for start, end in story.waits)
    due = counted_by.after(story.first, days)
    if entry["deadline"] != due:
        yield f"{entry['number']} 的期限为 {entry['deadline']}，按规则和日历应为 {due}"


def step(story: Story, row: Mapping[str, Any], counted_by: Books) -> Iterator[str]:
    """Takes an event into the story; what it set otherwise than it should have."""
    action, day, data = row["action"], row["happened_on"], row["data"]
    now = told(data, "deadline", "办理期限", "review_day", "复核日期")
    wanted = story.asked if action == "extend" else None
    if counted_by.changed_at is None or row["occurred_at"] > counted_by.changed_at:
        if action == "resume" and "waited" in data:
            wanted = resumed(story, day, counted_by)
        elif action in BACK:
            wanted = back(story, data, day, counted_by)
    if wanted and now != wanted:
        yield f"定的期限是 {now}，应为 {wanted}"
    remember(story, action, day, data)
    story.due = now or story.due


def remember(story: Story, action: str, day: date, data: dict[str, Any]) -> None:
    if action == "assign":
        story.first = story.first or day
    elif action == "ask_extension":
        story.asked = told(data, "until", "申请到")
    elif action == "extend":
        story.granted = day
    elif action == "pause":
        story.paused = day
    elif action == "resume" and story.paused:
        story.waits.append((story.paused, day))
        story.paused = None
    elif action in LEAVES:
        story.left_on = day


def resumed(story: Story, day: date, counted_by: Books) -> date | None:
    """As many working days later as the clock stood, in a pause with an extension since that was granted."""
    if story.due is None or story.paused is None:
        return None
    return counted_by.after(story.due, counted_by.between(max(story.paused, story.granted or story.paused), day))


def back(story: Story, data: dict[str, Any], day: date, counted_by: Books) -> date | None:
    """The deadline of an entry that came back by what was left; None where somebody chose another."""
    by_what_was_left = LEFT.match(data.get("deadline_reason", ""))
    if by_what_was_left is None or story.due is None or story.left_on is None:
        return None
    left = counted_by.between(story.left_on, story.due)
    return max(counted_by.after(day, max(left, int(by_what_was_left[2] or 0))), story.due)
