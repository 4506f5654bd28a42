"""Every list that is filtered by unit takes a unit with those below it, and alone where 仅本级 is asked for."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.services import save_unit
from tests.factories import (
    ActivityFactory,
    CaseFactory,
    RecommendationFactory,
    RecoveryFactory,
    SurveyFormFactory,
    TypicalCaseFactory,
    UnitFactory,
)

pytestmark = pytest.mark.django_db
LISTS = {
    "ledger:activity": ActivityFactory,
    "ledger:survey": SurveyFormFactory,
    "ledger:recovery": lambda unit: RecoveryFactory(case__unit=unit),
    "cases:case": CaseFactory,
    "cases:recommendation": lambda unit: RecommendationFactory(unit=unit, issued_on=date(2023, 5, 8)),
    "cases:typical": lambda unit: TypicalCaseFactory(unit=unit, published_on=date(2023, 5, 8)),
}


@pytest.mark.parametrize("name", LISTS)
def test_a_unit_brings_those_below_it_unless_its_own_level_is_asked_for(client, police, court, city_leader, name):
    station = UnitFactory(parent=police)
    for unit in (police, station, station, court):
        LISTS[name](unit=unit)
    client.force_login(city_leader)

    def listed(**ask):
        shown = client.get(reverse(f"{name}-list"), ask).context
        return shown["page"].paginator.count, shown["filter"].words

    assert listed(unit=police.pk)[0] == 3
    number, words = listed(unit=police.pk, only=1)
    assert (number, "所选单位含下级：仅本级" in words) == (1, True)
    assert listed(unit=station.pk)[0] == 2


def test_units_are_found_by_the_pinyin_of_both_names_those_of_before_too(court):
    """`court` was made by a migration, before units had any."""
    assert court.pinyin.startswith("srmfy ")
    unit = UnitFactory(name="市司法行政局", short_name="司法局")
    assert unit.pinyin == "ssfxzj shisifaxingzhengju sfj sifaju"
    renamed = save_unit(pk=unit.pk, data={"name": "市交通运输局", "short_name": ""}, version=unit.version)
    renamed.refresh_from_db()
    assert renamed.pinyin.startswith("sjtysj ")
