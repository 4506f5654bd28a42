"""A briefing as it reads now: its paragraphs with every figure in place, numbered as an official document is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from reports.briefing.text import picks
from reports.briefing.text.bound import Bound, FigureBook
from reports.briefing.text.language import Piece, Said, Spoken, UnknownNameError, names_in, speak
from reports.briefing.text.names import in_chinese, nearest, said
from reports.briefing.text.scopes import Scope
from reports.briefing.text.words import PICKED, RATE_WORDS, WORDS, Words
from reports.figures.registry.indicators import CALM, INDICATORS
from reports.models import Briefing, BriefingParagraph

NUMERALS = "零一二三四五六七八九"


def numeral(number: int) -> str:
    """1 → 一, 10 → 十, 21 → 二十一."""
    tens, ones = divmod(number, 10)
    head = "" if not tens else "十" if tens == 1 else f"{NUMERALS[tens]}十"
    return head + (NUMERALS[ones] if ones or not tens else "")


@dataclass
class Told:
    """A paragraph and how it reads; `lead` with its number, empty where nothing is printed."""

    paragraph: BriefingParagraph
    spoken: Spoken
    scope: Scope
    missing: int = 0  # picked records that are gone
    lead: str = ""

    @property
    def printed(self) -> bool:
        return bool(self.spoken.text.strip())

    @property
    def pieces(self) -> list[Piece]:
        return self.spoken.pieces

    @property
    def text(self) -> str:
        return self.spoken.text.strip()

    @property
    def left_out(self) -> list[str]:
        """What is not printed, but for places where nobody picked a record."""
        parts = [part for part in self.spoken.left_out if not set(names_in(part)) or set(names_in(part)) - set(PICKED)]
        return [in_chinese(part, self.scope) for part in parts]

    @property
    def faults(self) -> list[str]:
        """The names nobody knows, each with what it might be."""
        return [said(fault, self.scope) for fault in self.spoken.faults]


@dataclass
class Section:
    """Paragraphs under one first-level heading; the lead has none."""

    heading: str
    paragraphs: list[Told] = field(default_factory=list)


@dataclass
class Composed:
    title: str
    scope: Scope
    told: list[Told]
    sections: list[Section]

    @property
    def figures(self) -> list[Bound]:
        return [piece.figure for one in self.told if one.printed for piece in one.pieces if piece.figure]

    @property
    def faults(self) -> list[tuple[Told, str]]:
        return [(one, fault) for one in self.told for fault in one.faults]


class Binder:
    """Gives every name in a briefing's sentences its text."""

    def __init__(self, scope: Scope, rounding: str, now: datetime) -> None:
        self.book = FigureBook(scope, rounding, now)
        self.words = Words(scope, self.book)
        self.said: dict[str, Said] = {}

    def resolve(self, name: str) -> Said:
        if name not in self.said:
            self.said[name] = self.look_up(name)
        return self.said[name]

    def look_up(self, name: str) -> Said:
        if name in WORDS or name in RATE_WORDS:
            told = self.words[name]
            if isinstance(told, Bound):
                return Said(told.text, told, True)
            return Said(told, None, name in RATE_WORDS)
        if name.split("@")[0].strip() not in INDICATORS:
            raise UnknownNameError(name, near=tuple(nearest(name)))
        bound = self.book.bound(name)
        if bound.code == CALM.code and self.book.is_empty:
            return Said(None, None, True)  # of a time without any record, calm is not known
        return Said(bound.text if bound.value else None, bound if bound.value else None, True)

    def checked(self, name: str) -> Said:
        """For a text on its own: every name that may be used, without the records picked."""
        return Said(name) if name in PICKED else self.resolve(name)

    def tell(self, paragraph: BriefingParagraph, found: dict) -> Told:
        example = picks.told(paragraph.picks, found)

        def resolve(name: str) -> Said:
            return Said(example) if name in PICKED else self.resolve(name)

        missing = sum(picks.value_of(pick) not in found for pick in paragraph.picks)
        return Told(paragraph, speak(paragraph.text, resolve), self.book.scope, missing)


def compose(
    briefing: Briefing,
    paragraphs: Sequence[BriefingParagraph],
    scope: Scope,
    now: datetime,
    binder: Binder | None = None,
) -> Composed:
    """The briefing as it reads with the figures stored now."""
    binder = binder or Binder(scope, briefing.rounding, now)
    found = picks.find(pick for one in paragraphs for pick in one.picks)
    told = [binder.tell(one, found) for one in paragraphs]
    return Composed(briefing.title, scope, told, numbered(told))


def numbered(told: Iterable[Told]) -> list[Section]:
    """Sections with 一、 and leads with （一）; what prints nothing takes no number."""
    sections: list[Section] = []
    number = leads = 0
    current: str | None = None
    for one in told:
        if not one.printed:
            continue
        name = one.paragraph.section
        if name != current:
            number, leads, current = number + bool(name), 0, name
            sections.append(Section(f"{numeral(number)}、{name}" if name else ""))
        if one.paragraph.lead:
            leads += 1
            one.lead = f"（{numeral(leads)}）{one.paragraph.lead}。"
        sections[-1].paragraphs.append(one)
    return sections
