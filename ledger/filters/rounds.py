"""Going through the entries of a list one after another: the address carries the list's filters and order."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self
from urllib.parse import urlencode

from django.conf import settings
from django.utils.datastructures import MultiValueDict

from accounts.models import User
from common.rows.keysets import PLACES, CappedCount, count_text, place_of
from ledger.filters.entries import EntryFilter
from ledger.models import ProblemEntry
from ledger.selectors.entries.queues import QUEUES, STEPS, THEN
from ledger.states import Action

NOT_CARRIED = (*PLACES, "poll", "more")
MOST = 1000  # as far as it counts what is left


def carried(params: MultiValueDict[str, Any], listed: EntryFilter) -> str:
    """The query that an entry's address takes along from its list; none from a list without filters, which nobody goes
    through from end to end, and from that of a past day, in which no step changes anything."""
    if params.get("asof") or not listed.chips:
        return ""
    kept = [(name, values) for name, values in params.lists() if name not in NOT_CARRIED]
    return f"?{urlencode(kept, doseq=True)}"


@dataclass(frozen=True)
class Finished:
    """A queue in which nothing waits any more, and the one to go on with."""

    name: str
    then: str
    then_name: str

    @classmethod
    def of(cls, params: MultiValueDict[str, Any]) -> Self | None:
        queue = params.get("queue")
        if queue not in QUEUES:
            return None
        then = THEN.get(queue, "")
        return cls(QUEUES[queue], then, QUEUES.get(then, ""))


@dataclass(frozen=True)
class Round:
    """The list that an entry's page was opened from, and this entry's place in it.

    The place is that of the moment it was asked for: after a step it still says where the entry stood.
    """

    listed: EntryFilter
    carried: str  # "?queue=to_accept&…"
    entry: int
    place: str

    @classmethod
    def of(cls, params: MultiValueDict[str, Any], user: User, entry: int) -> Self | None:
        """None where the address names no list."""
        if not params:
            return None
        listed = EntryFilter(params, ProblemEntry.objects.all(), user=user)
        query = carried(params, listed)
        if not query:
            return None
        key = listed.order.sorted(listed.queryset.filter(pk=entry)).values_list("sort_key", "pk").first()
        return cls(listed, query, entry, place_of(key) if key else "")

    @property
    def words(self) -> str:
        """What the list holds: “待受理”; “待受理、市公安局”."""
        return "、".join(chip["words"] for chip in self.listed.chips)

    @property
    def opens(self) -> Action | None:
        """The step that the entries of this queue wait for: its form is opened with the page."""
        return STEPS.get(self.listed.data.get("queue", ""))

    @cached_property
    def next_one(self) -> int | None:
        """The entry that comes after this one; after the last one the first that was passed over."""
        rows, order = self.listed.qs.exclude(pk=self.entry), self.listed.order
        found = order.sorted(rows)
        ahead = order.beyond(found, self.place, backwards=False) if self.place else found
        first = ahead.values_list("pk", flat=True).first()
        return first or found.values_list("pk", flat=True).first()

    def holds(self) -> bool:
        """Whether the entry is in the list now."""
        return self.listed.qs.filter(pk=self.entry).exists()

    @cached_property
    def left_text(self) -> str:
        """How many others there are."""
        most = min(settings.LIST_COUNT_LIMIT, MOST)
        others = self.listed.qs.exclude(pk=self.entry)
        counted = User.objects.filter(pk=self.listed.user.pk).values(left=CappedCount(others, most)).get()
        return count_text(counted["left"], most)
