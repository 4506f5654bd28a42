"""The filters of every list: four in sight beside the search, each of the others once in a group with a heading."""

from importlib import import_module

import pytest
from django import forms
from django.core.cache import cache
from django.urls import reverse
from lxml import html

from cases.filters import CaseFilter
from cases.models import LegalCase
from common.forms.filters import ListFilter
from ledger.filters.entries import EntryFilter
from ledger.models import ProblemEntry
from tests.access import AUDITOR
from tests.factories import UnitFactory, UserFactory

PARTS = {"TrailFilter", "UnitListFilter", "TodayFilter"}  # what several lists share; no list themselves
APPS = ["accounts", "cases", "enterprises", "imports", "ledger", "reports"]
IN_SIGHT = 4

pytestmark = pytest.mark.django_db


def lists(base: type[ListFilter] = ListFilter) -> list[type[ListFilter]]:
    for app in APPS:
        import_module(f"{app}.urls")
    found = []
    for one in base.__subclasses__():
        found += [one] if one.__name__ not in PARTS and one.__module__.partition(".")[0] in APPS else []
        found += lists(one)
    return found


def test_every_list_shows_at_most_four_filters_and_groups_the_others():
    wrong = {}
    for one in lists():
        fields = one.base_filters
        grouped = [name for names in one.groups.values() for name in names]
        dates = [name for name, made in fields.items() if issubclass(made.field_class, forms.DateField)]
        hidden = [name for name, made in fields.items() if made.field.widget.is_hidden]
        faults = {
            "no search first": one.main[0] != "q",
            "too many in sight": len(one.main) > 1 + IN_SIGHT,
            "in two places": len(grouped) != len(set(grouped) - set(one.main)),
            "unknown": {*one.main, *grouped} - set(fields),
            "in no group": set(fields) - {*one.main, *grouped, *dates, *hidden},
        }
        if found := {fault: about for fault, about in faults.items() if about}:
            wrong[one.__name__] = found
    assert len(lists()) > 15
    assert wrong == {}


def test_dates_that_no_group_names_stand_in_the_last_one(admin):
    shown = CaseFilter({"result": "", "q": "张", "kind": "x"}, LegalCase.objects.all(), user=admin)
    groups = {heading: [bound.name for bound in fields] for heading, fields in shown.more_groups}
    assert groups == {
        "案件": ["result", "campaign", "enterprise"],
        "单位": ["only"],
        "日期": ["filed_from", "filed_to", "closed_from", "closed_to"],
    }
    assert [bound.name for bound in shown.main_fields] == ["kind", "state", "workstream", "unit"]
    assert shown.sheet_in_force == 0, "a search is seen without opening the sheet, and a wrong filter is not in force"


def test_every_list_page_has_the_same_bar(client, police):
    """One markup: the search, one button for the phone, the sheet with all filters, and each field once."""
    pages = {
        "admin": [
            *("accounts:user-list", "imports:batch-list", "ledger:entry-list", "ledger:activity-list"),
            *("ledger:survey-list", "ledger:order-list", "ledger:recheck-list", "ledger:recovery-list"),
            *("ledger:escalation-list", "ledger:vacancy-list", "ledger:shift-list", "ledger:robot-messages"),
            *("cases:case-list", "cases:recommendation-list", "cases:typical-list", "reports:briefing-list"),
            *("enterprises:enterprise-list", "enterprises:project-list", "enterprises:pairing-list"),
            "enterprises:coverage",
        ],
        AUDITOR: ["accounts:audit-list", "accounts:signin-list", "accounts:signin-failures", "accounts:export-list"],
    }
    for role, names in pages.items():
        client.force_login(UserFactory(role=role, unit=None if role == AUDITOR else police))
        for name in names:
            for asked in ({}, {"more": "1"}):
                page = html.fromstring(client.get(reverse(name), asked).content.decode())
                bars = page.xpath("//form[contains(@class, 'filter-bar')][.//div[@id='filters']]")
                assert len(bars) == 1, name
                (bar,) = bars
                named = [one.get("name") for one in bar.inputs if one.get("name")]
                assert len(named) == len(set(named)), (name, named)
                opens = bar.xpath(".//a[@data-bs-target='#filters']")
                assert [link.text_content().strip() for link in opens] == ["筛选"], name
                # without scripts its link opens the page with all of them in it
                assert ("offcanvas-md" in bar.get_element_by_id("filters").get("class")) == (not asked), name
                assert "more=1" in opens[0].get("href")


def test_what_is_on_offer_is_asked_for_each_time_though_somebody_has_looked_at_the_class(officer):
    """The fields of a class are lent to its filters: choices made once would be those of that day for good."""
    kept = EntryFilter.base_filters["unit"].field
    unit = UnitFactory(name="后来的单位")
    cache.clear()
    made = EntryFilter({"unit": str(unit.pk)}, ProblemEntry.objects.all(), user=officer)
    assert made.form.is_valid()
    assert made.form.fields["unit"] is not kept
