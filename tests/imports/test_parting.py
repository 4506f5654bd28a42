"""The requests of a form on the preview: shown one by one, joined by a click and taken apart again, or asked about."""

import pytest
from auditlog.models import LogEntry
from django.urls import reverse

from imports.models import ImportBatch, RowAdjustment
from ledger.models import ProblemEntry, SurveyForm
from tests.imports.books import form_row
from tests.imports.test_adjusting import bring, outcomes, press_row, row  # noqa: F401 -- the fixture
from tests.imports.test_pages import desk, page, work  # noqa: F401 -- the fixture

pytestmark = pytest.mark.django_db
TWO = "1、用地紧张；2、用工紧张"


def confirm(desk, batch):  # noqa: F811
    desk.post(reverse("imports:batch-confirm", args=[batch.pk]))
    work()


def join(desk, batch, row_no, joined):  # noqa: F811
    page = press_row(desk, "join", batch, row_no, outcome="create", joined="1" if joined else "0")
    work()
    return page


def titles():
    return list(ProblemEntry.objects.order_by("pk").values_list("title", "amount"))


@pytest.fixture
def batch(bring):  # noqa: F811
    return bring("surveys", "", [form_row(1, 问题诉求=TWO), form_row(2)])


def test_the_preview_shows_the_parts_and_what_is_understood(desk, batch):  # noqa: F811
    shown = page(desk, batch)
    assert "<li>用地紧张</li>" in shown
    assert "<li>用工紧张</li>" in shown
    assert shown.count("合成一条") == 1  # not on the row of one request
    assert "100,000 元（表中“10”，按万元）" in shown


def test_parts_are_joined_taken_apart_and_written_as_last_seen(desk, batch):  # noqa: F811
    assert "按条拆开（2 条）" in join(desk, batch, 2, joined=True).content.decode()
    assert RowAdjustment.objects.get().value["to"] == "whole"
    join(desk, batch, 2, joined=False)
    assert not RowAdjustment.objects.exists()
    join(desk, batch, 2, joined=True)
    assert row(batch, 2).values["parts"]["joined"]  # planned again
    confirm(desk, batch)
    assert titles() == [(TWO, 100_000), ("货款被拖欠2", 100_000)]
    assert LogEntry.objects.get_for_model(RowAdjustment).count() == 3


def test_parts_left_apart_are_entries_of_their_own(desk, batch):  # noqa: F811
    confirm(desk, batch)
    assert titles() == [("用地紧张", None), ("用工紧张", None), ("货款被拖欠2", 100_000)]


def test_a_cell_that_is_put_right_is_split_anew(desk, bring):  # noqa: F811
    batch = bring("surveys", "", [form_row(1, 问题诉求=TWO, 满意度="还行")])
    given = {
        "cell-appeal": "1、供水；2、供电",
        "shown-appeal": TWO,
        "cell-satisfaction": "满意",
        "shown-satisfaction": "还行",
    }
    press_row(desk, "correct", batch, 2, **given)
    work()
    parts = row(batch, 2).values["parts"]
    assert (parts["items"], parts["joined"]) == (["供水", "供电"], False)


@pytest.mark.parametrize(
    ("text", "to", "entries", "notes"),
    [
        ("1、用地；3、用工", "items", ["用地", "用工"], ""),
        ("1、用地；3、用工", "whole", ["1、用地；3、用工"], ""),
        ("无，希望继续支持", "none", [], "问题诉求：无，希望继续支持"),
        ("无，希望继续支持", "whole", ["无，希望继续支持"], ""),
    ],
)
def test_what_is_not_certain_is_asked_and_written_as_answered(desk, bring, text, to, entries, notes):  # noqa: F811
    batch = bring("surveys", "", [form_row(1, 问题诉求=text)])
    assert outcomes(batch) == ["decide"]
    (asked,) = row(batch, 2).values["questions"]
    press_row(desk, "choose", batch, 2, key=asked["key"], to=to)
    work()
    confirm(desk, batch)
    assert [title for title, _ in titles()] == entries
    form = SurveyForm.objects.get()
    assert (form.notes, bool(form.appeal)) == (notes, bool(entries))


def test_an_answer_can_be_changed_by_the_same_click(desk, bring):  # noqa: F811
    batch = bring("surveys", "", [form_row(1, 问题诉求="1、用地；3、用工")])
    (asked,) = row(batch, 2).values["questions"]
    press_row(desk, "choose", batch, 2, key=asked["key"], to="items")
    work()
    join(desk, batch, 2, joined=True)
    confirm(desk, batch)
    assert [title for title, _ in titles()] == ["1、用地；3、用工"]


def test_a_row_of_one_request_cannot_be_joined(desk, batch):  # noqa: F811
    assert "诉求已经变了" in join(desk, batch, 3, joined=True).content.decode()
    assert not RowAdjustment.objects.exists()


def test_words_that_ask_for_nothing_are_said_and_kept(desk, bring):  # noqa: F811
    batch = bring("surveys", "", [form_row(1, 问题诉求="企业运行正常，无问题")])
    assert "按没有诉求处理，原话写入备注" in page(desk, ImportBatch.objects.get(pk=batch.pk))
    confirm(desk, batch)
    assert (titles(), SurveyForm.objects.get().appeal) == ([], "")
