"""One story of an enterprise or project, told by the apps above: visits, problems, cases, money, survey forms.

This app knows none of them. Each registers a provider when it starts (`AppConfig.ready`), and answers only with rows
that the reader may see.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from enterprises.models import Enterprise, KeyProject, Workstream

LIMIT = 50
MOST = 500

Subject = Enterprise | KeyProject


@dataclass(frozen=True)
class TimelineEvent:
    """Something that happened on a business date. `state` is its words now, `colour` the badge's."""

    on: date
    kind: str
    title: str
    words: str = ""
    url: str = ""
    state: str = ""
    colour: str = "secondary"


@dataclass(frozen=True)
class Figure:
    """How much of something a workstream has, and the list that shows it."""

    label: str
    value: str
    url: str
    icon: str


class Provider(Protocol):
    """One kind of event; `key` stands in the address, `label` on the chip, chips in the order of `order`."""

    key: str
    label: str
    icon: str
    order: int

    def events(self, subject: Subject, user: Any, limit: int) -> list[TimelineEvent]:
        """The newest `limit` events the reader may see, newest first."""
        ...

    def figure(self, workstream: Workstream, user: Any) -> Figure | None:
        """What the reader may see of this kind under one of the six matters."""
        ...


PROVIDERS: dict[str, Provider] = {}


def register(provider: Provider) -> None:
    """Called once a kind from `AppConfig.ready`."""
    kinds = sorted([*PROVIDERS.values(), provider], key=lambda known: known.order)
    PROVIDERS.clear()
    PROVIDERS.update({known.key: known for known in kinds})


@dataclass(frozen=True)
class Chip:
    key: str
    label: str
    icon: str
    count: str
    on: bool


@dataclass(frozen=True)
class Story:
    """The events to show, newest first; `more` when older ones were left out."""

    events: Sequence[TimelineEvent]
    chips: Sequence[Chip]
    total: str
    chosen: str
    more: bool


def story(subject: Subject, user: Any, chosen: str = "", limit: int = LIMIT) -> Story:
    """The subject's story as this reader may know it; `chosen` keeps one kind. One query or two a provider."""
    chosen = chosen if chosen in PROVIDERS else ""
    told = {key: provider.events(subject, user, limit + 1) for key, provider in PROVIDERS.items()}
    chips = [
        Chip(key, provider.label, provider.icon, count_words(len(told[key]), limit), key == chosen)
        for key, provider in PROVIDERS.items()
        if told[key] or key == chosen
    ]
    # Python's sort is stable: within a day the order of the providers holds, and each is already newest first.
    kept = sorted(
        (event for key, events in told.items() if chosen in ("", key) for event in events),
        key=lambda event: event.on,
        reverse=True,
    )
    every = sum(len(events) for events in told.values())
    longest = max((len(events) for events in told.values()), default=0)
    total = f"{every - 1}+" if longest > limit else str(every)
    return Story(kept[:limit], chips, total, chosen, len(kept) > limit)


def count_words(count: int, limit: int) -> str:
    return f"{limit}+" if count > limit else str(count)


def figures(workstream: Workstream, user: Any) -> list[Figure]:
    told = (provider.figure(workstream, user) for provider in PROVIDERS.values())
    return [figure for figure in told if figure]
