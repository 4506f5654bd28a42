"""What a cell means: one function a kind of value. Pure: a raw cell in, a clean value or a CellError out.

A raw cell is text, a number, a truth value, a date or None. Blank cells give None (text: ""). Nothing is guessed
and nothing silently changed: what can't be read is an error that says what to write.
"""

from imports.cells.choices import choice_key, clean_choice, clean_flag, ticked
from imports.cells.codes import clean_count, clean_number, clean_phone, clean_uscc
from imports.cells.dates import OLDEST, clean_date
from imports.cells.money import Money, Usual, clean_money
from imports.cells.text import MAX_TEXT, clean_text, is_blank, refuse_error_cell, shorten, text_of
from ledger.surveying.requests import says_nothing, split_requests

__all__ = [
    "MAX_TEXT", "OLDEST", "Money", "Usual", "choice_key", "clean_choice", "clean_count", "clean_date", "clean_flag",
    "clean_money", "clean_number", "clean_phone", "clean_text", "clean_uscc", "is_blank", "refuse_error_cell",
    "says_nothing", "shorten", "split_requests", "text_of", "ticked",
]  # fmt: skip
