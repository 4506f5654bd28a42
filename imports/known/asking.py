"""Questions that are not about an enterprise: the answer given on the preview, or the question again."""

from collections.abc import Iterable
from typing import Any

from imports.errors import Question, UnsureError
from imports.known.register import Register

KEPT = ("by", "at", "sheet", "row_no", "all")


def answer(register: Register, row: Any, question: Question) -> Any:
    """What was chosen for a question of a row; the choice is told on the row.

    Raises:
        UnsureError: nothing yet, or nothing that can still be chosen.
    """
    choice = register.choice(row.source, question.key)
    options = {option["pk"]: option["name"] for option in question.options}
    if choice is None or choice["to"] not in options:
        raise UnsureError([question])
    told = {"key": question.key, "name": question.name, "to": options[choice["to"]], "pk": None}
    row.choices = (*row.choices, told | {part: choice[part] for part in KEPT})
    return choice["to"]


def answers(register: Register, row: Any, questions: Iterable[Question]) -> dict[str, Any]:
    """What was chosen for each, by key.

    Raises:
        UnsureError: with all that are still open.
    """
    found, still_open = {}, []
    for question in questions:
        try:
            found[question.key] = answer(register, row, question)
        except UnsureError as error:
            still_open += error.questions
    if still_open:
        raise UnsureError(still_open)
    return found
