"""Where features cross: a random walk over everything that can be done to an entry, its money, its people, its rules.

200 steps here; `script/drill crossing` walks 5,000 a night on both databases. A walk is replayed by
`CROSSING_SEED=… CROSSING_STEPS=…`, a part of it by `CROSSING_ONLY=3,17,40`.
"""

import os
from pathlib import Path

import pytest

from tests.crossing.walk import shrunk, walk

SEEDS = [int(number) for number in os.environ.get("CROSSING_SEED", "2026").split(",")]
STEPS = int(os.environ.get("CROSSING_STEPS", "200"))
MINUTES = float(os.environ.get("CROSSING_MINUTES", "inf"))
ONLY = [int(number) for number in os.environ.get("CROSSING_ONLY", "").split(",") if number]


@pytest.mark.django_db
@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_crosses_what_everything_that_must_hold_still_holds(seed, settings):
    settings.PASSWORD_MAX_AGE_DAYS = 0  # on a walk of months every page would ask for another
    found = walk(seed, ONLY or range(1, STEPS + 1), MINUTES)
    if kept := os.environ.get("CROSSING_LINES"):
        Path(f"{kept}.{seed}").write_text("\n".join([*found.lines, f"共 {found.walked} 步"]), encoding="utf-8")
    if found.broken:
        least = found if ONLY else shrunk(found)
        again = ",".join(map(str, least.done))
        pytest.fail(f"{found}\n\n最短的一段（CROSSING_ONLY={again}）：\n{least}", pytrace=False)
    assert ONLY or len(found.done) > found.walked // 2
