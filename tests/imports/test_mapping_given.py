"""What a table says nowhere, said once for all its rows while its headings are explained."""

from datetime import date

import pytest
from auditlog.models import LogEntry

from imports.models import ImportBatch
from ledger.models import SurveyForm
from tests.imports.books import HEADINGS, form_row, xlsx
from tests.imports.test_mapping_pages import filled_in, mapping_url, say
from tests.imports.test_pages import page, press, upload, work

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, admin):
    client.force_login(admin)
    return client


NOWHERE = [heading for heading in HEADINGS if heading not in ("走访单位", "走访日期")]


def without_unit(path, *numbers):
    rows = [[cell for cell, heading in zip(form_row(number), HEADINGS, strict=True) if heading in NOWHERE]
            for number in numbers]  # fmt: skip
    return xlsx(path, {"汇总": [NOWHERE, *rows]})


def test_rows_whose_table_names_no_unit_and_no_day_are_given_one_for_all_of_this_file_only(desk, tmp_path, admin):
    upload(desk, without_unit(tmp_path / "一.xlsx", 1, 2))
    work()
    batch = ImportBatch.objects.get()
    shown = desk.get(mapping_url(batch)).content.decode()
    assert 'name="mapping-0-all-unit"' in shown
    assert 'name="mapping-0-all-visited_on"' in shown
    assert 'name="mapping-0-all-name"' not in shown
    one, other = {"all-unit": "市公安局"}, {"all-visited_on": "2999-01-01"}
    shown = say(desk, batch, filled_in(batch, one))
    assert "还缺必需的列：走访日期；请为它选一个表头，表里没有走访日期的，可以在下面给各行统一填" in shown
    assert '<option value="市公安局" selected>' in shown
    shown = say(desk, batch, filled_in(batch, one | other))
    assert "2999" in shown
    assert "mapping-0-all-visited_on" in shown
    assert "请在列出的里面选一个" in say(desk, batch, filled_in(batch, {"all-unit": "外省某局"}))
    assert batch.state == "mapping"
    said = one | {"all-visited_on": "2023-05-12"}
    say(desk, batch, filled_in(batch, said))
    assert (batch.state, batch.figures["created"]) == ("planned", 2)
    words = f"没有“走访单位”这一列，各行都按“市公安局”（{admin.name}在“对应表头”里填的）"
    assert words in " ".join(page(desk, batch).split())
    logged = LogEntry.objects.get_for_object(batch).filter(changes__has_key="各行统一的走访单位")
    assert logged.get().changes["各行统一的走访单位"] == ["", "市公安局"]
    press(desk, "confirm", batch)
    work()
    assert set(SurveyForm.objects.values_list("unit__name", "visited_on")) == {("市公安局", date(2023, 5, 12))}
    upload(desk, without_unit(tmp_path / "二.xlsx", 3))  # the next file of these headings may be another unit's
    work()
    assert ImportBatch.objects.latest("pk").state == "mapping"


def test_what_was_said_for_all_rows_can_be_said_otherwise_and_a_column_counts_instead(desk, tmp_path):
    upload(desk, without_unit(tmp_path / "一.xlsx", 1))
    work()
    batch = ImportBatch.objects.get()
    say(desk, batch, filled_in(batch, {"all-unit": "市公安局", "all-visited_on": "2023-05-12"}))
    assert '<option value="市公安局" selected>' in " ".join(desk.get(mapping_url(batch)).content.decode().split())
    say(desk, batch, filled_in(batch, {"all-unit": "市人民法院", "all-visited_on": "2023-05-12"}))
    assert batch.rows.get().values["cells"]["unit"] == "市人民法院"
    column = str(NOWHERE.index("走访干警"))
    say(desk, batch, filled_in(batch, {column: "unit", "all-unit": "市人民法院", "all-visited_on": "2023-05-12"}))
    assert batch.rows.get().values["cells"]["unit"] == "干警0001"
    assert [list(told) for told in batch.given.values()] == [["visited_on"]]


def test_forms_that_name_no_unit_are_given_one_too(desk, tmp_path):
    form = [["企业名称", "津市样例甲厂"], ["走访日期", "2023-05-12"], ["满意度", "满意"], ["问题诉求", "货款被拖欠"]]
    upload(desk, xlsx(tmp_path / "单表.xlsx", {"一": form, "二": [["企业名称", "津市样例乙厂"], *form[1:]]}))
    work()
    batch = ImportBatch.objects.get()
    assert batch.state == "mapping"
    say(desk, batch, filled_in(batch, {"all-unit": "市公安局"}))
    assert (batch.state, batch.figures["created"]) == ("planned", 2)
    assert {row.values["cells"]["unit"] for row in batch.rows.all()} == {"市公安局"}
