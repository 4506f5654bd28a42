"""A file sent again with cells put right: an update that is shown, or a duplicate that says what differs; never a
second form, never lost."""

import random

import pytest
from auditlog.models import LogEntry

from enterprises.models import Enterprise
from imports.models import AdjustmentAction
from imports.plans.pipeline import read_file, settle
from imports.tables.adjust import Decision, gather
from ledger.models import ProblemEntry, SurveyForm
from tests.factories import UserFactory
from tests.imports.books import form_row, surveys
from tests.imports.test_writing import TODAY, outcomes, plan, write
from tests.imports.whole import write_plan

pytestmark = pytest.mark.django_db
AMOUNT = "涉及金额(万元)"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "样例.xlsx"


@pytest.fixture
def sent(path):
    write(surveys(path, [form_row(1)]))
    return SurveyForm.objects.get()


def again(path, **changes):
    """The one row sent again with some cells changed: its plan, carried out."""
    return write(surveys(path, [form_row(1, **changes)])).rows[0]


def answered(path, row, to, kind="surveys"):
    """The file once more, with every question of its row answered so, carried out."""
    told = {"by": "甲", "at": "2026-11-22T10:00:00+08:00"}
    made = [
        Decision(
            "汇总", row.source.row_no, AdjustmentAction.MATCH, asked.key, {"to": to, "name": "", "all": False}, told
        )
        for asked in row.questions
    ]
    (planned,) = settle(read_file(path, path.name, kind, adjustments=gather(made, 1)), today=TODAY, size=1000)
    write_plan(planned)
    return planned.rows[0]


def counts():
    return SurveyForm.objects.count(), ProblemEntry.objects.count(), Enterprise.objects.count()


def test_another_satisfaction_is_an_update_shown_old_and_new(path, sent):
    row = again(path, 满意度="不满意", 问题诉求="货款被拖欠1。")
    assert (row.outcome, row.changes) == ("update", {"满意度": ["满意", "不满意"]})
    sent.refresh_from_db()
    assert (sent.satisfaction, sent.appeal, counts()) == ("unsatisfied", "货款被拖欠1", (1, 1, 1))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({AMOUNT: 99}, "涉及金额（元）（系统里 100,000.00，表里 990,000.00）"),
        ({"走访单位": "市人民法院"}, "走访单位（系统里 市公安局，表里 市人民法院）"),
        ({"诉求类别": "治安环境"}, "诉求类别（系统里 合同纠纷，表里 治安环境）"),
    ],
)
def test_what_the_ledger_has_taken_over_stays_and_is_told(path, sent, changes, told):
    row = again(path, **changes)
    assert (row.outcome, told in " ".join(row.notes), counts()) == ("duplicate", True, (1, 1, 1))
    both = again(path, 满意度="不满意", **changes)
    assert (both.outcome, told in " ".join(both.notes)) == ("update", True)


def test_what_people_have_put_right_since_is_not_undone(path, sent, admin):
    sent.satisfaction = "basically"
    SurveyForm.objects.filter(pk=sent.pk).update(satisfaction="basically")
    LogEntry.objects.log_create(
        sent,
        force_log=True,
        action=LogEntry.Action.UPDATE,
        changes={"satisfaction": ["satisfied", "basically"]},
        actor=admin,
    )
    row = again(path)
    sent.refresh_from_db()
    assert (row.outcome, sent.satisfaction) == ("duplicate", "basically")
    assert f"{admin.name}在系统里改过" in " ".join(row.notes)


def test_with_the_code_and_without_it_is_one_form(path):
    write(surveys(path, [form_row(1, 统一社会信用代码="")]))
    row = again(path)
    assert (row.outcome, row.changes["统一社会信用代码"][0], counts()) == ("update", "（空）", (1, 1, 1))
    assert again(path, 统一社会信用代码="").outcome == "duplicate"
    assert counts() == (1, 1, 1)


def test_a_request_worded_anew_is_asked_about(path, sent):
    row = again(path, 问题诉求="货款被拖欠1，请求追回", 满意度="不满意")
    assert (row.outcome, row.questions[0].options[0]["pk"], counts()) == ("decide", str(sent.pk), (1, 1, 1))
    one = answered(path, row, str(sent.pk))
    assert (one.outcome, "问题诉求（系统里 货款被拖欠1" in " ".join(one.notes), counts()) == ("update", True, (1, 1, 1))


def test_a_request_worded_anew_may_be_another(path, sent):
    row = again(path, 问题诉求="货款被拖欠1，请求追回")
    assert (answered(path, row, "another").outcome, counts()) == ("create", (2, 2, 1))


def test_a_form_without_a_request_may_get_it_later(path):
    write(surveys(path, [form_row(1, 问题诉求="无")]))
    row = again(path, 问题诉求="1、货款被拖欠；2、电缆被盗")
    assert (row.outcome, counts()) == ("decide", (1, 0, 1))
    one = answered(path, row, str(SurveyForm.objects.get().pk))
    assert (one.outcome, counts()) == ("update", (1, 2, 1))
    assert set(ProblemEntry.objects.values_list("source_form", flat=True)) == {SurveyForm.objects.get().pk}


def test_two_units_with_nothing_to_say_are_two_forms(path):
    rows = [
        form_row(1, 问题诉求="无"),
        form_row(1, 问题诉求="暂无。", 走访单位="市人民法院"),
        form_row(1, 问题诉求="/"),
    ]
    made = write(surveys(path, rows))
    assert (outcomes(made), counts()) == (["create", "create", "duplicate"], (2, 0, 1))
    assert outcomes(plan(path)) == ["duplicate"] * 3


def test_rows_of_one_form_in_one_file_tell_in_which_cells_they_differ(path):
    rows = [
        form_row(1), form_row(1, 满意度="不满意"), form_row(1, **{AMOUNT: 99}), form_row(1, 走访单位="市司法局"),
        form_row(1, 问题诉求="货款被拖欠1。"), form_row(1, 统一社会信用代码="", 走访干警="干警0002"),
    ]  # fmt: skip
    made = plan(surveys(path, rows))
    assert outcomes(made) == ["create", *["duplicate"] * 5]
    told = [row.notes[-1] for row in made.rows[1:]]
    names = ["满意度", "涉及金额", "走访单位", "", "走访干警"]
    assert [name in note and ("不同；" in note) == bool(name) for name, note in zip(names, told, strict=True)] == [
        True
    ] * 5


def test_forms_are_looked_up_in_as_many_queries_however_many_rows(path, django_assert_max_num_queries):
    write(surveys(path, [form_row(at) for at in range(300)]))
    with django_assert_max_num_queries(30):
        assert set(outcomes(plan(path))) == {"duplicate"}


def test_whatever_is_changed_in_a_form_sent_again_it_stays_one_and_every_difference_is_told(path, police):
    UserFactory(name="干警0001", unit=police)
    write(surveys(path, [form_row(1, 走访干警="干警0001")]))
    dice = random.Random(9)
    pool = {
        "满意度": ["不满意", "基本满意"], AMOUNT: [99, "12万元"], "走访单位": ["市司法局"], "诉求类别": ["治安环境"],
        "走访干警": ["干警0404"], "问题诉求": ["货款被拖欠1。", " 货款被拖欠1 ", "“货款被拖欠1”"],
        "统一社会信用代码": [""],
        "企业名称": ["津市样例企业0001公司", "津市样例企业·0001有限公司"],
    }  # fmt: skip
    for _ in range(40):
        changes = {name: dice.choice(pool[name]) for name in dice.sample(sorted(pool), dice.randint(0, 3))}
        if changes.get("统一社会信用代码") == "" and "企业名称" in changes:
            continue
        row = plan(surveys(path, [form_row(1, **changes)])).rows[0]
        assert row.outcome in ("update", "duplicate"), changes
        said = " ".join([*row.notes, *row.changes])
        for heading in changes.keys() & {"满意度", AMOUNT, "走访单位", "诉求类别", "走访干警"}:
            assert heading.split("(")[0] in said, changes
