"""What every part of the demo office needs: the generator, the day, people, firms, and a few helpers."""

import struct
import zlib
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Unit, User
from common.files import CheckedFile, check_upload
from common.periods import SHANGHAI
from enterprises.models import Enterprise, KeyProject, Workstream
from ledger.calendar import WorkingCalendar
from ledger.deadlines import Terms
from ledger.models import ProblemCategory

SEED = 2023


@dataclass
class World:
    rng: Random
    today: date
    terms: Terms
    units: dict[str, Unit] = field(default_factory=dict)  # by kind
    people: dict[str, User] = field(default_factory=dict)  # by username
    officers: list[User] = field(default_factory=list)
    coordinators: dict[int | None, User] = field(default_factory=dict)  # by unit
    workstreams: dict[str, Workstream] = field(default_factory=dict)  # by slug
    categories: dict[str, ProblemCategory] = field(default_factory=dict)
    enterprises: list[Enterprise] = field(default_factory=list)
    projects: list[KeyProject] = field(default_factory=list)
    paired: dict[int, User] = field(default_factory=dict)  # enterprise → its officer

    @property
    def calendar(self) -> WorkingCalendar:
        return self.terms.calendar

    def staff_of(self, unit: Unit) -> list[User]:
        return [officer for officer in self.officers if officer.unit_id == unit.pk]

    def unit_of(self, person: User) -> Unit:
        return next(unit for unit in self.units.values() if unit.pk == person.unit_id)

    def officer_for(self, enterprise: Enterprise) -> User:
        return self.paired.get(enterprise.pk) or self.rng.choice(self.officers)

    def firms_of(self, slug: str) -> list[Enterprise]:
        return [one for one in self.enterprises if one.workstream_id == self.workstreams[slug].pk]

    def day(self, first: date, last: date) -> date:
        """A working day of the span (or its first day where it has none)."""
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        working = [day for day in days if self.calendar.is_working(day)]
        return self.rng.choice(working or days[:1])

    def days(self, first: date, last: date, count: int) -> list[date]:
        return sorted(self.day(first, last) for _ in range(count))

    def split(self, total: int, parts: int) -> list[int]:
        """The total in so many uneven parts, each at least half of an even one."""
        if parts <= 0:
            return []
        least = total // (2 * parts)
        left = total - least * parts
        cuts = sorted(self.rng.randint(0, left) for _ in range(parts - 1))
        return [least + high - low for low, high in zip([0, *cuts], [*cuts, left], strict=True)]


def at(day: date, minutes: int = 0) -> datetime:
    """A moment of that day in Shanghai, so many minutes after nine."""
    return datetime.combine(day, time(9), SHANGHAI) + timedelta(minutes=minutes)


def by_workstream(items: list[Enterprise] | list[KeyProject]) -> dict[int | None, list]:
    found: dict[int | None, list] = defaultdict(list)
    for item in items:
        found[item.workstream_id].append(item)
    return found


def picture() -> bytes:
    """A small real PNG: a sheet of paper on a blue ground."""
    width, height = 160, 110

    def pixel(x: int, y: int) -> bytes:
        inside = 30 <= x < 130 and 12 <= y < 98
        line = inside and 42 <= x < 118 and y % 14 in (4, 5)
        return b"\x8a\x93\xa0" if line else b"\xff\xff\xff" if inside else b"\x1f\x4e\x8c"

    rows = b"".join(b"\0" + b"".join(pixel(x, y) for x in range(width)) for y in range(height))

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")


def evidence() -> CheckedFile:
    """A file that passes the same checks as an upload."""
    return check_upload(SimpleUploadedFile("办结回执.png", picture()))
