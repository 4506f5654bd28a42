"""What is open in a person's name, asked from below: an account is closed only when nothing is.

The ledger knows what people have in hand and registers its count here when it loads (`ledger.apps`).
"""

from collections.abc import Callable

from accounts.models import User

Counter = Callable[[User], dict[str, str]]
COUNTERS: list[Counter] = []


def register_work(counter: Counter) -> None:
    """Adds a count `counter(person)` of what is open, by kind, in words: {"经办的问题": "3 件"}."""
    if counter not in COUNTERS:
        COUNTERS.append(counter)


def open_work(person: User) -> dict[str, str]:
    """Everything open in the person's name, by kind, in words; empty when the account may be closed."""
    return {kind: words for counter in COUNTERS for kind, words in counter(person).items()}
