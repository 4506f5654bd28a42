"""The author's sentences: text around `{names}` of figures, and `[one|another]` of which only what is not zero is said.

`{hazards_found@park}` is a figure bound to an indicator and a scope; what follows an `@` narrows it (a matter, a unit,
a period) or says how it is rounded. A figure that is zero, or a word there is nothing for, takes its clause with it;
a sentence that had figures and has none left is not printed. So no prose ever says a zero.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

NAME = re.compile(r"\{([^{}\n]*)\}")
GROUP = re.compile(r"\[([^\[\]\n]*\{[^\[\]\n]*)\]")
TOKEN = re.compile(r"\[[^\[\]\n]*\{[^\[\]\n]*\]|\{[^{}\n]*\}")
SENTENCE = re.compile(r"[^。！？\n]*(?:[。！？]+[”）]?|\n|$)")
CLAUSE = re.compile(r"((?:\[[^\[\]\n]*\]|[^，；\[]|\[)+|[，；])")
ENDING = re.compile(r"[。！？”）\n]*$")
STOPS = "，；"
JOIN = "，"


class UnknownNameError(LookupError):
    """A placeholder that names nothing; `near` are the nearest known names."""

    def __init__(self, name: str, why: str = "", near: tuple[str, ...] = ()) -> None:
        super().__init__(name)
        self.name, self.why, self.near = name, why, near

    def __str__(self) -> str:
        hint = f"，是不是 {'、'.join(f'{{{one}}}' for one in self.near)}" if self.near else ""
        return f"{{{self.name}}} {self.why or '不是可用的名字'}{hint}"


@dataclass(frozen=True)
class Piece:
    """A stretch of a sentence; `figure` is what it is bound to, if it is a figure."""

    text: str
    figure: Any = None


@dataclass(frozen=True)
class Said:
    """What a placeholder stands for: its text, or None where there is nothing to say."""

    text: str | None
    figure: Any = None
    is_figure: bool = False


Resolve = Callable[[str], Said]


@dataclass
class Spoken:
    """A text as it is printed; `left_out` are the parts that had nothing to say, `faults` the names nobody knows."""

    pieces: list[Piece] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    faults: list[UnknownNameError] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces)


def names_in(text: str) -> list[str]:
    return [name.strip() for name in NAME.findall(text)]


def brackets_fault(text: str) -> str:
    """What is wrong with the brackets of a text, in words; empty when nothing is."""
    bare = NAME.sub("", text)
    if "{" in bare or "}" in bare:
        return "花括号没有配对，写成 {名字}"
    if any("[" in line and "|" in line for line in GROUP.sub("", text).splitlines()):
        return "方括号没有配对，写成 [第一项{名字}|第二项{名字}]"
    return ""


def speak(text: str, resolve: Resolve) -> Spoken:
    """The text with its figures in place."""
    spoken = Spoken()
    teller = Teller(resolve, spoken)
    for sentence in filter(None, SENTENCE.findall(text)):
        pieces = teller.sentence(sentence)
        if pieces is None:
            spoken.left_out.append(sentence.strip())
        else:
            spoken.pieces.extend(pieces)
    return spoken


@dataclass(frozen=True)
class Word(Piece):
    """What stands for a name that is no figure: a date, a plan, an example."""


@dataclass
class Teller:
    resolve: Resolve
    spoken: Spoken

    def sentence(self, text: str) -> list[Piece] | None:
        """Its clauses that have something to say; None where all that was bound in it is gone."""
        end = ENDING.search(text)
        tail = end.group() if end else ""
        pieces: list[Piece] = []
        gone = []
        for stop, clause in clauses(text[: len(text) - len(tail)]):
            said = self.clause(clause)
            if said is None:
                gone.append(clause.strip())
            else:
                pieces += [Piece(stop), *said] if stop and pieces else said
        named = [self.said(name) for name in names_in(text)]
        figures = any(one.is_figure for one in named)
        kept = any(piece.figure if figures else isinstance(piece, Word) for piece in pieces)
        if named and not kept:
            return None
        self.spoken.left_out += gone
        return [*pieces, Piece(tail)]

    def clause(self, text: str) -> list[Piece] | None:
        """None where something bound in it has nothing to say."""
        pieces: list[Piece] = []
        at = 0
        for match in TOKEN.finditer(text):
            pieces.append(Piece(text[at : match.start()]))
            at = match.end()
            token = match.group()
            found = self.group(token[1:-1]) if token[0] == "[" else self.name(token[1:-1].strip())
            if found is None:
                return None
            pieces += found
        pieces.append(Piece(text[at:]))
        return [piece for piece in pieces if piece.text]

    def group(self, text: str) -> list[Piece] | None:
        """The alternatives that have something to say, joined; None when none has."""
        pieces: list[Piece] = []
        for part in text.split("|"):
            said = self.clause(part)
            if said is None:
                self.spoken.left_out.append(part.strip())
            else:
                pieces += [Piece(JOIN), *said] if pieces else said
        return pieces or None

    def name(self, name: str) -> list[Piece] | None:
        said = self.said(name)
        if said.text is None:
            return None
        return [Piece(said.text, said.figure) if said.figure else Word(said.text)]

    def said(self, name: str) -> Said:
        """An unknown name stays visible, and is a fault."""
        try:
            return self.resolve(name)
        except UnknownNameError as fault:
            if all(str(fault) != str(known) for known in self.spoken.faults):
                self.spoken.faults.append(fault)
            return Said(f"〔认不出：{name}〕", None)


def clauses(text: str) -> Iterator[tuple[str, str]]:
    """The clauses of a sentence with the stop before each; what is in square brackets is never cut."""
    stop = ""
    for part in CLAUSE.findall(text):
        if part in STOPS:
            stop = part
        else:
            yield stop, part
