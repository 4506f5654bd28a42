"""What the briefings' pages show."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from accounts.models import User
from common.periods import local_date
from reports.briefing.adjustments import MovedLine, moved_lines
from reports.briefing.changes import Change, changes, frozen_figures
from reports.briefing.text import picks
from reports.briefing.text.bound import OWN_LEVEL, Bound
from reports.briefing.text.compose import Binder, Composed, Told, compose
from reports.briefing.text.names import LABELS, NARROWINGS
from reports.briefing.text.outline import defaults
from reports.briefing.text.scopes import Scope
from reports.briefing.text.words import PICKED, RATE_WORDS, WORDS
from reports.figures.registry.definitions import Prose
from reports.figures.registry.indicators import INDICATORS
from reports.models import Briefing, BriefingParagraph


@dataclass(frozen=True)
class ShownPiece:
    text: str
    figure: Bound | None


@dataclass(frozen=True)
class ShownSection:
    """As the page prints it: each paragraph's lead and pieces."""

    heading: str
    paragraphs: list[tuple[str, list[ShownPiece]]]


@dataclass(frozen=True)
class Reading:
    """A briefing to be read: live while it is a draft, as it went out once it is issued."""

    sections: list[ShownSection]
    figures: int
    faults: list[tuple[str, str]]
    changes: list[Change]
    moved: list[MovedLine]  # in a closed period since it was signed


@dataclass(frozen=True)
class Name:
    """What may be written in braces: its Chinese name, its code, and what it prints now."""

    name: str
    label: str
    value: str


def reading(briefing: Briefing, user: User, now: datetime) -> Reading:
    scope = Scope.of(briefing, local_date(now))
    if briefing.is_draft:
        composed = compose(briefing, list(briefing.paragraphs.all()), scope, now)
        sections = [
            ShownSection(section.heading, [(told.lead, shown(told)) for told in section.paragraphs])
            for section in composed.sections
        ]
        faults = [(f"第 {told.paragraph.order} 段", fault) for told, fault in composed.faults]
        return Reading(sections, len(composed.figures), faults, [], moved_lines(scope, composed.figures))
    figures = frozen_figures(briefing.issue)
    sections = [
        ShownSection(
            section["heading"],
            [
                (part["lead"], [ShownPiece(text, None if at is None else figures[at]) for text, at in part["pieces"]])
                for part in section["paragraphs"]
            ],
        )
        for section in briefing.issue.body
    ]
    return Reading(sections, len(figures), [], changes(briefing.issue, scope, user, now), moved_lines(scope, figures))


def shown(told: Told) -> list[ShownPiece]:
    return [ShownPiece(piece.text, piece.figure) for piece in told.pieces]


@dataclass(frozen=True)
class Desk:
    """The page an author edits on: every paragraph, also those that print nothing now."""

    composed: Composed
    usual: set[str]

    @property
    def dropped(self) -> int:
        """How many of the usual paragraphs are not there."""
        return len(self.usual - {told.paragraph.key for told in self.composed.told})


def desk(briefing: Briefing, now: datetime) -> Desk:
    scope = Scope.of(briefing, local_date(now))
    usual = {one.key for one in defaults(scope)}
    return Desk(compose(briefing, list(briefing.paragraphs.all()), scope, now), usual)


def one_paragraph(paragraph: BriefingParagraph, now: datetime) -> Told:
    """One paragraph as it reads; its number within the section is the whole page's to know."""
    scope = Scope.of(paragraph.briefing, local_date(now))
    return compose(paragraph.briefing, [paragraph], scope, now).told[0]


def names(briefing: Briefing, now: datetime) -> list[tuple[str, list[Name]]]:
    """Everything a sentence may name and what it would print now, by kind."""
    binder = Binder(Scope.of(briefing, local_date(now)), briefing.rounding, now)

    def told(codes: Iterable[str]) -> list[Name]:
        return [Name(code, LABELS[code], binder.resolve(code).text or "") for code in codes]

    return [
        ("数字", told(INDICATORS)),
        ("两率和目标", told(RATE_WORDS)),
        ("词", told(WORDS)),
        ("所选记录", [Name(code, label, "") for code, label in PICKED.items()]),
    ]


def narrower(briefing: Briefing, today: date) -> list[tuple[str, list[str]]]:
    """What a figure may be narrowed to beyond the briefing's own scope, or how else it is written, by kind."""
    scope = Scope.of(briefing, today)
    earlier = (scope.period.previous(), scope.period.shift(-12 // scope.period.months))
    return [
        ("大事", [] if scope.workstream else [one.name for one in scope.matters]),
        ("单位", [one.name for one in scope.units_within if one != scope.unit]),
        ("以前的统计期", list(dict.fromkeys(one.label for one in earlier))),
        ("写法", [NARROWINGS[Prose.EXACT], NARROWINGS[Prose.BODY], NARROWINGS[OWN_LEVEL]]),
    ]


def likely(paragraph: BriefingParagraph, user: User, today: date, asked: Iterable[str] = ()) -> list[tuple[str, str]]:
    """The records offered with the form: those picked, those just asked for, and the first few of each kind."""
    scope = Scope.of(paragraph.briefing, today)
    chosen = [*paragraph.picks, *picks.read(asked)]
    found: dict[str, Any] = picks.find(chosen)
    named = {picks.value_of(pick): pick for pick in chosen if picks.value_of(pick) in found}
    rows = {value: f"{picks.KINDS[pick['kind']].label}：{picks.told([pick], found)}" for value, pick in named.items()}
    return list({**rows, **dict(picks.offers(scope, user))}.items())
