"""Many spoiled workbooks through the parser's own function in one limited process: `python -m tests.imports.fuzzing
FIRST COUNT`. Prints each number before trying it, so that whoever started it knows which one was the end of it.
"""

import faulthandler
import io
import random
import re
import signal
import sys
import tempfile
import zipfile
from contextlib import suppress
from datetime import date
from pathlib import Path

import django

django.setup()

from imports.errors import MappingNeededError, UnreadableFileError  # noqa: E402
from imports.planned.plan import Plan  # noqa: E402
from imports.plans.finding import find_tables  # noqa: E402
from imports.plans.placing import keys_of, lay_over  # noqa: E402
from imports.plans.rows import PlannedRow, clean_row  # noqa: E402
from imports.reading.child import limit_self, told, written  # noqa: E402
from imports.reading.limits import MB, Limits  # noqa: E402
from imports.reading.parent import Taken  # noqa: E402
from imports.resources.kinds import RESOURCES  # noqa: E402
from tests.imports.biff5 import biff5  # noqa: E402

SAMPLES = Path(__file__).parents[1] / "samples" / "formats"
LIMITS = Limits(memory=3 * 1024 * MB, seconds=3000)
TODAY = date(2026, 11, 22)
PATIENCE = 60  # seconds for one small file: beyond that it hangs
HUGE = [b"4294967295", b"-1", b"1e999", b"99999999999999999999", b"0", b"NaN"]


def flipped(data, rng):
    spoiled = bytearray(data)
    for _ in range(rng.choice([1, 3, 20, 200])):
        spoiled[rng.randrange(len(spoiled))] = rng.randrange(256)
    return bytes(spoiled)


def truncated(data, rng):
    return data[: rng.randrange(1, len(data))]


def doubled(data, rng):
    start, size = rng.randrange(len(data)), rng.randrange(1, 2000)
    return data[:start] + data[start : start + size] * rng.choice([2, 50]) + data[start:]


def huge(data, rng):
    """A number of the text becomes a senseless one; a word of it another."""
    found = list(re.finditer(rb"\d+", data)) or [re.match(b"", data)]
    for match in rng.sample(found, min(len(found), 3)):
        data = data[: match.start()] + rng.choice(HUGE) + data[match.end() :]
    return data


def inside(data, rng):
    """Spoils the members of a zip and packs it again: the checksums are right, the contents are not."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}
    name, other = rng.choice(list(members)), rng.choice(list(members))
    how = rng.choice([flipped, truncated, doubled, huge, "swap", "drop"])
    if how == "swap":
        members[name], members[other] = members[other], members[name]
    elif how == "drop":
        del members[name]
    elif members[name]:
        members[name] = how(members[name], rng)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, content in members.items():
            archive.writestr(member, content)
    return buffer.getvalue()


def sources():
    files = {path.name: path.read_bytes() for path in sorted(SAMPLES.iterdir()) if path.suffix not in (".py", ".md")}
    with tempfile.TemporaryDirectory() as folder:
        rows = [["企业名称", "走访日期", "金额"], ["甲", date(2023, 5, 12), 3.5], ["乙", "", "#REF!"]]
        files["excel95.xls"] = biff5(Path(folder) / "a", "汇总", rows).read_bytes()
    return files


def spoil(files, number):
    """The file of this number, always the same."""
    rng = random.Random(number)
    name = rng.choice(sorted(files))
    data = files[name]
    ways = [flipped, truncated, doubled, huge] + ([inside] * 6 if data.startswith(b"PK") else [])
    data = rng.choice(ways)(data, rng)
    if rng.random() < 0.05:
        name = f"{Path(name).stem}{rng.choice(['.xlsx', '.xls', '.csv', '.ods', '.zip'])}"
    return name, data


def attempt(name, data):
    """Reads, finds and cleans as an import does; the only way to fail is in words."""
    taken, last = Taken(LIMITS), {}
    for last in told(data, name, LIMITS):
        if "error" not in last:
            taken.take(written(last))
    assert "end" in last or re.search("[一-鿿]", last["error"]), last
    taken.fill()
    plan, resource = Plan("surveys"), RESOURCES["surveys"]
    find_tables(taken.book, resource, resource.names(), plan)
    lay_over(plan, resource)
    keys_of(plan, resource, TODAY)
    for source in (source for table in plan.tables for source in table.rows):
        clean_row(PlannedRow(source), resource, TODAY)


def main(first, count):
    files = sources()
    faulthandler.enable()
    limit_self(LIMITS)
    for number in range(int(first), int(first) + int(count)):
        print(number, flush=True)  # noqa: T201 -- the one who started it reads this
        signal.alarm(PATIENCE)
        with suppress(UnreadableFileError, MappingNeededError):
            attempt(*spoil(files, number))
    print("done")  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
