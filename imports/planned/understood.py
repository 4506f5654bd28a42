"""How the cells of a row are understood, in words that stand beside what is written in them."""

import re
from decimal import Decimal
from typing import Any

from common.text import half_width
from imports.cells import shorten
from imports.cells.units import Unit, words_of

BARE = re.compile(r"[-+\d.,\s]+")


def yuan_words(amount: Decimal) -> str:
    """An amount in yuan, without needless cents: `930,000 元`."""
    return f"{amount:,.2f}".removesuffix(".00") + " 元"


def money_words(amount: Decimal, written: str, unit: Unit) -> str:
    """An amount beside what is written, and the unit that a bare number was given."""
    told = f"表中“{shorten(written)}”"
    if BARE.fullmatch(half_width(written)):
        told += f"，按{words_of(unit)}"
    return f"{yuan_words(amount)}（{told}）"


def firm_words(written: str, record: Any) -> str:
    """The name of the enterprise or project that a name means, registered or made by a row before; blank where it is
    just that name. An id would not tell which: the write gives it part by part."""
    if record is None or record.name == written:
        return ""
    return f"{'前面的行登记' if record._state.adding else '在册'}的“{record.name}”"


def person_words(user: Any) -> str:
    """Whose account a name means; blank where it means none."""
    return f"{user.name}（{user.unit.name}）" if user and user.unit else user.name if user else ""
