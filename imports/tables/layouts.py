"""The layouts of a file: sheets alike together, and as many of them as one page asks about. Pure."""

from collections.abc import Iterable

from imports.tables.seen import FORM, SAMPLES, Seen
from imports.tables.table import layout_key

TITLES = 10
# Of one file at a time: its page sends up to two fields a heading, of the 5,000 that settings allow. What waits comes
# first, so that the next reading asks about the rest.
LAYOUTS, HEADINGS, WIDEST = 30, 2000, 200


def grouped(all_seen: Iterable[Seen]) -> list[Seen]:
    """Sheets of the same layout together, those that wait first."""
    groups: dict[tuple[str, str], Seen] = {}
    for seen in all_seen:
        key = (FORM if seen.choice == FORM else "", seen.fingerprint)
        first = groups.setdefault(key, seen)
        if first is not seen:
            first.count += 1
            first.titles = [*first.titles, *seen.titles][:TITLES]
            add_samples(first, seen)
    return sorted(groups.values(), key=lambda seen: not seen.wanting)


def shown_part(groups: list[Seen]) -> list[Seen]:
    """As many layouts as one page asks about."""
    part: list[Seen] = []
    for seen in groups[:LAYOUTS]:
        if part and sum(len(other.headings) for other in part) + len(seen.headings) > HEADINGS:
            break
        part.append(seen)
    return part


def is_whole(part: list[Seen]) -> bool:
    """Whether these are surely all layouts of their file."""
    return len(part) < LAYOUTS and sum(len(seen.headings) for seen in part) + WIDEST <= HEADINGS


def add_samples(first: Seen, other: Seen) -> None:
    """Forms of one layout hold a value each, and may have labels that others leave without one."""
    mine = {layout_key(heading.text): heading for heading in first.headings}
    for heading in other.headings:
        same = mine.get(layout_key(heading.text))
        if same and first.choice == FORM:
            same.samples = list(dict.fromkeys([*same.samples, *heading.samples]))[:SAMPLES]
        elif first.choice == FORM:
            first.headings.append(heading)
