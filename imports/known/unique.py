"""Values that only one record may have, and who has each: stored records, and those that rows of this file make."""

from collections.abc import Iterable
from typing import Any

from imports.errors import RowError


class Holders:
    """Of one column. A row is refused by the name of the holder, so that the write never meets a clash of its own."""

    def __init__(self, label: str) -> None:
        self.label = label
        self.held: dict[str, tuple[Any, str]] = {}  # value → record, and the row that gave it there; stored: no row

    def learn(self, stored: Iterable[tuple[str, Any]]) -> None:
        self.held |= {value: (record, "") for value, record in stored if value}

    def check(self, value: str | None, record: Any, name: str) -> None:
        """Whether a record (None: a new one) may have a value.

        Raises:
            RowError: another one has it, at this place of the file.
        """
        holder, where = self.held.get(value or "", (record, ""))
        if holder is record:
            return
        whose = f"与 {where}“{holder}”的相同" if where else f"已由系统里的“{holder}”使用"
        raise RowError(name, f"{self.label}“{value}”{whose}，同一个{self.label}只能用一次，请核对后改正其一")

    def give(self, value: str | None, record: Any, where: str, before: str | None = None) -> None:
        """A record has a value from this row on, and no longer the one it had before."""
        if before and before != value and self.held.get(before, (None, ""))[0] is record:
            del self.held[before]
        if value and self.held.get(value, (None, ""))[0] is not record:
            self.held[value] = (record, where)
