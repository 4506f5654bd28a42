"""When two survey forms are one: the same enterprise, day and request, or without one the unit that visited. Pure."""

import hashlib
import re
from datetime import date
from difflib import SequenceMatcher
from functools import lru_cache

from common.text import half_width
from ledger.surveying.requests import says_nothing

ALIKE = 0.75
MARKS = re.compile(r"(?<!\d)[\W_]+|[\W_]+(?!\d)")


def print_of(owner: str, day: date, appeal: str, unit: int) -> str:
    """One value for a form (`SurveyForm.fingerprint`); `owner` is the credit code of its enterprise, or its name's key
    where no code is known."""
    said = "" if says_nothing(appeal) else re.sub(r"\s", "", half_width(appeal))
    by = "" if said else f"|{unit}"
    return hashlib.sha256(f"{owner}|{day}|{said}{by}".encode()).hexdigest()


@lru_cache(maxsize=1024)  # of one row it is asked several times
def bare(text: str) -> str:
    """What two wordings of one request share: blanks and marks set aside, save within a number."""
    return "" if says_nothing(text) else MARKS.sub("", re.sub(r"\s", "", half_width(text))).casefold()


def alike(one: str, other: str) -> bool:
    """Whether a request may be another worded anew; one that says nothing may be any that was sent before."""
    if not (one and other) or one in other or other in one:
        return True
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= ALIKE
