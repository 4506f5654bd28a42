"""Questions that are not about an enterprise: the answer given on the preview, or the question again."""

from collections.abc import Iterable
from typing import Any

from imports.errors import Question, UnsureError
from imports.known.register import Register

KEPT = ("by", "at", "sheet", "row_no", "all")


class Asking:
    """Gathers the questions of a row, so that all of them are asked at once: `with asking: …` for each part that may
    ask, then `asking.done()` before anything is made."""

    def __init__(self) -> None:
        self.still_open: list[Question] = []

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> bool:
        if isinstance(error, UnsureError):
            self.still_open += error.questions
            return True
        return False

    def done(self) -> None:
        """Raises:
        UnsureError: with all that are still open.
        """
        if self.still_open:
            raise UnsureError(self.still_open)


def answer(register: Register, row: Any, question: Question) -> Any:
    """What was chosen for a question of a row; the choice is told on the row, or that it can be made.

    Raises:
        UnsureError: nothing yet, or nothing that can still be chosen, and no answer counts by itself.
    """
    choice = register.choice(row.source, question.key)
    options = {option["pk"]: option["name"] for option in question.options}
    if choice is None or choice["to"] not in options:
        if not question.settled:
            raise UnsureError([question])
        row.offers = (*row.offers, question)
        return question.settled
    told = {"key": question.key, "name": question.name, "to": options[choice["to"]], "pk": None}
    told |= {"asked": question.prompt, "alike": question.alike}
    row.choices = (*row.choices, told | {part: choice[part] for part in KEPT})
    return choice["to"]


def answers(register: Register, row: Any, questions: Iterable[Question]) -> dict[str, Any]:
    """What was chosen for each, by key.

    Raises:
        UnsureError: with all that are still open.
    """
    found, asking = {}, Asking()
    for question in questions:
        with asking:
            found[question.key] = answer(register, row, question)
    asking.done()
    return found
