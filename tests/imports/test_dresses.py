"""Known content in random dress comes out as it is, or is asked about: never in silence as something else.

`DRESSES=2000 FIRST_DRESS=0 pytest tests/imports/test_dresses.py` tries more of them.
"""

import os
import sys
from datetime import date

import pytest

from imports.errors import MappingNeededError, UnreadableFileError
from imports.planned.plan import Plan
from imports.plans.finding import find_tables
from imports.plans.pipeline import settle
from imports.plans.placing import lay_over
from imports.plans.remembered import known_names
from imports.reading.parent import Workbook
from imports.resources.kinds import RESOURCES
from tests.factories import EnterpriseFactory, UserFactory
from tests.imports.dresses import Dressed, Wardrobe, dressed, dressed_form
from tests.imports.wardrobes import CASES, FIRMS, PROJECTS, SURVEYS, firm, key_of, meant
from tests.imports.wardrobes_office import ACTIVITIES, PAIRINGS, PEOPLE, RECOMMENDATIONS, REGISTERED

pytestmark = pytest.mark.django_db
TODAY = date(2023, 7, 1)
DRESSES = int(os.environ.get("DRESSES", "100"))
FIRST = int(os.environ.get("FIRST_DRESS", "0"))
MOST_ASKED = 0.35  # of all records: a program that only asks is of no use either


def planned(kind: str, dress: Dressed) -> Plan | None:
    """None where the whole file is asked about or refused in words."""
    plan = Plan(kind)
    try:
        find_tables(Workbook([dress.sheet]), RESOURCES[kind], known_names(kind), plan)
    except (MappingNeededError, UnreadableFileError):
        return None
    lay_over(plan, RESOURCES[kind])
    (whole,) = settle(plan, today=TODAY, size=sys.maxsize)
    return whole


def differences(wardrobe: Wardrobe, dress: Dressed) -> tuple[list[str], int]:
    """What came out otherwise without a question; how many records are asked about or refused in words."""
    plan = planned(wardrobe.kind, dress)
    if plan is None:
        return [], len(dress.records)
    found, wrong, missing = wardrobe.made(plan), [], 0
    for record in dress.records:
        got = found.pop(key := key_of(wardrobe, record), None)
        if got is None:
            missing += 1
        elif got != meant(wardrobe, record):
            wrong.append(f"{key}: {got} instead of {meant(wardrobe, record)}")
    wrong += [f"made up: {name} {got}" for name, got in found.items()]
    stopped = sum(bool(row.problems or row.questions) for row in plan.rows)
    is_lost = missing > stopped and stopped < len(plan.rows)  # two forms taken for one are asked about as one
    return wrong + [f"{missing} records lost, {stopped} rows stopped"] * is_lost, missing


TABLES = (SURVEYS, FIRMS, PROJECTS, CASES, ACTIVITIES, PEOPLE, PAIRINGS, RECOMMENDATIONS)
OUTFITS = [(dressed, wardrobe) for wardrobe in TABLES] + [(dressed_form, SURVEYS)]


@pytest.mark.parametrize(("dress_up", "wardrobe"), OUTFITS, ids=lambda one: getattr(one, "kind", "") or one.__name__)
def test_any_dress_gives_the_content_or_a_question(dress_up, wardrobe, police, court):
    UserFactory(name="干警0001", unit=police)
    if wardrobe is PAIRINGS:  # both must be in the register
        for number in REGISTERED:
            EnterpriseFactory(name=firm(number))
    silent, asked, records = [], 0, 0
    for seed in range(FIRST, FIRST + DRESSES):
        dress = dress_up(wardrobe, seed)
        wrong, stopped = differences(wardrobe, dress)
        asked, records = asked + stopped, records + len(dress.records)
        if wrong:
            silent.append(f"{seed}: {dress.worn} {wrong[:3]}")
    assert not silent, f"{len(silent)} of {DRESSES}; asked {asked} of {records}\n" + "\n".join(silent[:10])
    assert asked < records * MOST_ASKED, f"asked about {asked} of {records}"
