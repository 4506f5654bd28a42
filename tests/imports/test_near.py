"""Decisions laid over rows, and the enterprises whose names come near."""

import pytest

from imports.known.near import find_near, ranked
from imports.models import AdjustmentAction
from imports.tables.adjust import Decision, gather
from imports.tables.table import SourceRow
from tests.factories import EnterpriseFactory
from tests.factories.enterprises import uscc

VALUE, LEAVE_OUT, MATCH = AdjustmentAction.VALUE, AdjustmentAction.LEAVE_OUT, AdjustmentAction.MATCH
TOLD = {"by": "甲", "at": "2026-11-22T10:00:00+08:00"}


def decision(action, field="", value=None, row_no=2, sheet="表", **told):
    return Decision(sheet, row_no, action, field, value, TOLD | told)


def test_a_corrected_cell_takes_the_place_of_the_files_which_is_kept():
    made = gather([decision(VALUE, "amount", "12万"), decision(VALUE, "amount", "13万", by="乙")], 2)
    source = SourceRow("表", 2, {"amount": 31.03, "name": "甲厂"}, {"amount": "J2"}, uncalculated=frozenset({"J2"}))
    made.lay_over(source)
    assert source.cells == {"amount": "13万", "name": "甲厂"}
    assert source.adjusted.cells == {"amount": {"now": "13万", "was": "31.03", **TOLD, "by": "乙"}}
    assert (source.is_uncalculated("amount"), made.revision) == (False, 2)


@pytest.mark.parametrize(("sheet", "row_no"), [("表", 3), ("别的表", 2)])
def test_other_rows_stay_as_the_file_has_them(sheet, row_no):
    made = gather([decision(VALUE, "name", "乙厂"), decision(LEAVE_OUT)])
    source = SourceRow(sheet, row_no, {"name": "甲厂"}, {})
    made.lay_over(source)
    assert (source.cells, source.adjusted) == ({"name": "甲厂"}, None)


def test_a_sheet_of_a_long_name_is_found_by_what_is_kept_of_it():
    made = gather([decision(LEAVE_OUT, sheet="长" * 100)])
    source = SourceRow("长" * 120, 2, {}, {})
    made.lay_over(source)
    assert source.adjusted.left_out == TOLD


def test_a_choice_for_all_rows_is_shared_and_the_last_one_counts():
    made = gather(
        [
            decision(MATCH, "甲厂", {"to": 7, "name": "甲厂", "all": True}),
            decision(MATCH, "甲厂", {"to": 8, "name": "甲厂", "all": True}, row_no=5),
            decision(MATCH, "乙厂", {"to": "new", "name": "乙厂", "all": False}, row_no=6),
        ]
    )
    assert {key: (choice["to"], choice["row_no"]) for key, choice in made.shared.items()} == {"甲厂": (8, 5)}
    assert made.chosen() == {7, 8}


@pytest.fixture
def stored():
    names = ["津市样例盐业有限公司", "样例盐业厂", "津市样例盐叶公司", "样例盐业0001公司", "样例盐业科技公司"]
    return {name: EnterpriseFactory(name=name, uscc=uscc(at)) for at, name in enumerate(names, 1)}


@pytest.mark.django_db
def test_near_are_those_of_the_same_core_and_one_letter_apart(stored):
    found = find_near({"样例盐业集团": "样例盐业集团", "样例盐业0002公司": "样例盐业0002公司", "": ""})
    names = {enterprise.pk: name for name, enterprise in stored.items()}
    assert {key: sorted(names[pk] for pk in pks) for key, pks in found.items()} == {
        "样例盐业集团": ["样例盐业厂", "津市样例盐业有限公司", "津市样例盐叶公司"]
    }


@pytest.mark.django_db
def test_candidates_are_told_nearest_first_and_those_off_the_books_last(stored):
    stored["样例盐业厂"].is_active = False
    told = ranked("样例盐业集团", "样例盐业集团", list(stored.values())[:3])
    assert [(one["name"], one["how"], one["active"]) for one in told] == [
        ("津市样例盐业有限公司", "字号相同，只差地名或公司形式", True),
        ("样例盐业厂", "字号相同，只差地名或公司形式", False),
        ("津市样例盐叶公司", "字号只差一个字", True),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("names", [1, 40])
def test_looking_for_near_names_is_two_queries_however_many(stored, names, django_assert_num_queries):
    with django_assert_num_queries(2):
        find_near({f"样例盐业{number}店": f"样例盐业{number}店" for number in range(names)})
