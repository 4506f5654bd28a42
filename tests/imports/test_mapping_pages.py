"""Explaining headings: upload a file nobody understands, say what its headings mean, and the next goes through."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from accounts.models import ExportLog
from imports.models import HeaderMapping, HeaderSynonym, ImportBatch
from imports.pages.mapping import add_synonym
from jobs.runner import run_job
from ledger.models import SurveyForm
from tests.factories import UserFactory
from tests.imports.books import HEADINGS, form_row, xlsx
from tests.imports.test_pages import page, press, upload, work

pytestmark = pytest.mark.django_db
ODD = ["序号", "企业大名", "代码", "来访部门", "干警", "哪天去的", "满意度", "诉求类别", "困难", "涉及金额(万元)"]
GIVEN = {"1": "name", "2": "uscc", "3": "unit", "4": "officer", "5": "visited_on", "6": "satisfaction",
         "7": "category", "8": "appeal", "9": "amount"}  # fmt: skip


@pytest.fixture
def desk(client, admin):
    client.force_login(admin)
    return client


def odd(path, *numbers, **sheets):
    return xlsx(path, {"汇总": [["某单位汇总表"], ODD, *(form_row(number) for number in numbers)], **sheets})


@pytest.fixture
def waiting(desk, tmp_path):
    upload(desk, odd(tmp_path / "某单位.xlsx", 1, 2))
    work()
    return ImportBatch.objects.get()


def mapping_url(batch):
    return reverse("imports:batch-mapping", args=[batch.pk])


def filled_in(batch, given, number=0, **changes):
    """What the browser sends for one layout, as the page shows it, with these columns given."""
    told = ImportBatch.objects.get(pk=batch.pk).sheets[number]
    prefix = f"mapping-{number}"
    data = {"layout": told["fingerprint"], "shown": told["choice"], "row": told["choice"], "version": told["version"]}
    data |= {str(index): heading["name"] for index, heading in enumerate(told["headings"])} | given
    return {f"{prefix}-{name}": value for name, value in (data | changes).items()}


def say(desk, batch, data):
    answer = desk.post(mapping_url(batch), data, follow=True)
    work()
    batch.refresh_from_db()
    return " ".join(answer.content.decode().split())


def test_a_file_with_strange_headings_waits_and_shows_them_with_their_values(desk, waiting):
    assert (waiting.state, waiting.rows.count()) == ("mapping", 0)
    shown = page(desk, waiting)
    assert "工作表“汇总”缺少必需的列：企业名称、走访单位、走访日期" in shown
    assert mapping_url(waiting) in shown
    shown = desk.get(mapping_url(waiting)).content.decode()
    assert "津市样例企业0001有限公司" in shown
    assert "第 2 行：序号、企业大名" in shown
    assert "“企业大名”对应" in shown


def test_what_was_said_is_read_by_and_the_next_file_goes_straight_through(desk, waiting, tmp_path, admin):
    shown = say(desk, waiting, filled_in(waiting, GIVEN))
    assert "已记住表头对应" in shown
    assert (waiting.state, waiting.figures["created"]) == ("planned", 2)
    upload(desk, odd(tmp_path / "另一单位.xlsx", 3))
    work()
    second = ImportBatch.objects.latest("pk")
    assert (second.state, second.figures["created"]) == ("planned", 1)
    shown = " ".join(page(desk, second).split())
    assert f"“汇总”按{admin.name} 今天" in shown
    assert "改表头对应" in shown
    press(desk, "confirm", second)
    work()
    assert SurveyForm.objects.get().enterprise.name == "津市样例企业0003有限公司"


def test_other_files_that_wait_for_the_same_are_read_with_it(desk, waiting, tmp_path):
    upload(desk, odd(tmp_path / "另一单位.xlsx", 3))
    work()
    assert set(ImportBatch.objects.values_list("state", flat=True)) == {"mapping"}
    assert "另有 1 个等待对应的文件也重新读取" in say(desk, waiting, filled_in(waiting, GIVEN))
    assert set(ImportBatch.objects.values_list("state", flat=True)) == {"planned"}


@pytest.mark.parametrize(
    ("given", "changes", "words"),
    [
        (GIVEN | {"5": ""}, {}, "还缺必需的列：走访日期"),
        (GIVEN | {"8": "name"}, {}, "“企业名称”已经给了“企业大名”，一列只能对应一个表头"),
        ({}, {}, "还缺必需的列：企业名称、走访单位、走访日期"),
        (GIVEN, {"out": "on"}, "至少要有一张表导入"),
        (GIVEN | {"1": "password"}, {}, "还缺必需的列：企业名称"),
    ],
)
def test_what_cannot_be_read_by_is_refused_and_keeps_what_was_chosen(desk, waiting, given, changes, words):
    shown = say(desk, waiting, filled_in(waiting, given, **changes))
    assert words in shown
    assert (waiting.state, HeaderMapping.objects.count()) == ("mapping", 0)
    assert ('value="uscc" selected' in shown) is ("2" in given)


def test_another_heading_row_can_be_chosen_and_is_looked_at_before_it_is_kept(desk, tmp_path):
    rows = [
        ["", "企业", "", "走访", ""],
        ["大号", "大名", "代码", "部门", "日子"],
        [1, "甲厂", "", "市公安局", "2023-05-12"],
    ]
    upload(desk, xlsx(tmp_path / "两行.xlsx", {"表": rows}, {"表": [(0, 1, 0, 2, "企业"), (0, 3, 0, 4, "走访")]}))
    work()
    batch = ImportBatch.objects.get()
    assert batch.sheets[0]["choice"] == "2"
    shown = desk.get(mapping_url(batch), {"mapping-0-row": "1-2"}).content.decode()
    assert "“走访日子”对应" in shown
    data = filled_in(batch, {"1": "name", "3": "unit", "4": "visited_on"}, row="1-2")
    assert "已换成另一行表头" in say(desk, batch, data)
    assert batch.state == "mapping"
    say(desk, batch, data | {"mapping-0-shown": "1-2"})
    assert (batch.state, batch.figures["created"]) == ("planned", 1)


def test_a_sheet_left_out_is_left_out_of_the_next_file_too(desk, tmp_path):
    aside = [["车牌", "颜色"], ["湘J", "蓝"]]
    for name, number in (("一.xlsx", 1), ("二.xlsx", 2)):
        upload(desk, xlsx(tmp_path / name, {"汇总": [HEADINGS, form_row(number)], "车辆": aside}))
    work()
    batch = ImportBatch.objects.earliest("pk")
    assert (batch.state, batch.message) == ("mapping", "工作表“车辆”缺少必需的列：企业名称、走访单位、走访日期")
    say(desk, batch, filled_in(batch, {}, 0, out="on") | filled_in(batch, {}, 1))
    assert set(ImportBatch.objects.values_list("state", flat=True)) == {"planned"}
    assert "工作表“车辆”按表头对应的设置不导入" in page(desk, ImportBatch.objects.latest("pk"))


def test_ignored_columns_are_named_on_the_preview_and_can_be_given_a_meaning_there(desk, tmp_path):
    upload(desk, xlsx(tmp_path / "样例.xlsx", {"汇总": [[*HEADINGS, "怎么看"], [*form_row(1), "很好"]]}))
    work()
    batch = ImportBatch.objects.get()
    shown = " ".join(page(desk, batch).split())
    assert "有 1 列没有对应，不会导入： 怎么看" in shown
    assert "没有改动" in say(desk, batch, filled_in(batch, {}))
    data = filled_in(batch, {"10": "suggestion", "10-always": "on"})
    say(desk, batch, data)
    assert (batch.state, batch.summary["ignored"]) == ("planned", [])
    assert HeaderSynonym.objects.get().words == "怎么看"
    assert "很好" in page(desk, batch, outcome="create")
    changed = UserFactory(admin=True)
    HeaderMapping.objects.update(version=9, made_by=changed)
    assert f"刚由{changed.name}对应过" in say(desk, batch, filled_in(batch, {"10": "notes"}))


def test_a_word_kept_from_the_page_is_known_in_any_other_layout(desk, waiting, tmp_path):
    words = {f"{index}-always": "on" for index in ("1", "3", "5")}
    say(desk, waiting, filled_in(waiting, GIVEN | words))
    rows = [["企业大名", "来访部门", "哪天去的", "别的"], ["甲厂", "市公安局", "2023-05-12", "无"]]
    upload(desk, xlsx(tmp_path / "另一种.xlsx", {"表": rows}))
    work()
    second = ImportBatch.objects.latest("pk")
    assert (second.state, second.figures["created"]) == ("planned", 1)


def test_one_word_cannot_be_kept_for_two_columns_and_nothing_chosen_is_lost(desk, tmp_path):
    sheets = {"甲": [[*ODD, "又"], [*form_row(1), "一"]], "乙": [[*ODD, "再"], [*form_row(2), "二"]]}
    upload(desk, xlsx(tmp_path / "两种.xlsx", sheets))
    work()
    batch = ImportBatch.objects.get()
    first, second = GIVEN | {"8-always": "on"}, GIVEN | {"8": "suggestion", "8-always": "on"}
    shown = say(desk, batch, filled_in(batch, first, 0) | filled_in(batch, second, 1))
    assert "“困难”已经是“问题诉求”的叫法，不能再作“意见建议”" in shown
    assert (batch.state, HeaderMapping.objects.count(), HeaderSynonym.objects.count()) == ("mapping", 0, 0)
    assert shown.count('value="suggestion" selected') == 1


def test_labels_of_forms_in_a_zip_are_offered_once_for_all_of_them(desk, tmp_path):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number in (1, 2):
            rows = [
                ["征求意见调查表"],
                ["企业名称", f"津市样例{number}厂", "所属行业", ""],
                ["走访单位", "市公安局", "哪天去的", f"2023-05-1{number}"],
                ["联系人", "", "满意度", "☑满意"],
                ["问题诉求", f"货款被拖欠{number}"],
            ]
            archive.write(xlsx(tmp_path / f"{number}.xlsx", {"表": rows}), f"{number}.xlsx")
    path = tmp_path / "单表.zip"
    path.write_bytes(buffer.getvalue())
    upload(desk, path)
    work()
    batch = ImportBatch.objects.get()
    assert batch.message == "工作表“1.xlsx·表”等 2 张缺少必需的列：走访日期"
    told = batch.sheets[0]
    at = [heading["text"] for heading in told["headings"]].index("哪天去的")
    assert (len(batch.sheets), told["headings"][at]["samples"]) == (1, ["2023-05-11", "2023-05-12"])
    say(desk, batch, filled_in(batch, {str(at): "visited_on"}))
    assert (batch.state, batch.figures["created"]) == ("planned", 2)


def test_a_form_without_any_known_label_can_be_called_one_and_is_known_again(desk, tmp_path):
    def write(number):
        rows = [
            ["大名", f"津市样例{number}厂", "在哪儿", "工业园"],
            ["部门", "市公安局", "日子", f"2023-05-1{number}"],
            ["困难", f"货款被拖欠{number}"],
        ]
        return xlsx(tmp_path / f"单表{number}.xlsx", {"表": rows})

    upload(desk, write(1))
    work()
    batch = ImportBatch.objects.get()
    shown = desk.get(mapping_url(batch), {"mapping-0-row": "form"}).content.decode()
    labels = ["大名", "在哪儿", "部门", "日子", "困难"]
    assert [f"“{label}”对应" in shown for label in labels] == [True] * 5
    given = {
        str(labels.index(label)): name for label, name in (("大名", "name"), ("部门", "unit"), ("日子", "visited_on"))
    }
    say(desk, batch, filled_in(batch, given, row="form", shown="form"))
    assert (batch.state, batch.figures["created"], batch.summary["ignored"][0]["heading"]) == ("planned", 1, "在哪儿")
    upload(desk, write(2))
    work()
    assert ImportBatch.objects.latest("pk").state == "planned"


def test_cancelling_or_confirming_ends_the_asking(desk, waiting):
    press(desk, "cancel", waiting)
    answer = desk.get(mapping_url(waiting), follow=True).content.decode()
    assert "现在不能改表头对应" in answer
    assert "现在不能改表头对应" in say(desk, waiting, filled_in(waiting, GIVEN))
    press(desk, "retry", waiting)
    work()
    waiting.refresh_from_db()
    assert waiting.state == "mapping"


def test_saying_it_twice_reads_once(desk, waiting):
    data = filled_in(waiting, GIVEN)
    desk.post(mapping_url(waiting), data)
    assert "现在不能改表头对应" in desk.post(mapping_url(waiting), data, follow=True).content.decode()
    work()
    assert (HeaderMapping.objects.get().version, run_job()) == (1, None)


def test_a_layout_forgotten_between_preview_and_confirmation_writes_nothing(desk, waiting):
    say(desk, waiting, filled_in(waiting, GIVEN))
    press(desk, "confirm", waiting)
    desk.post(reverse("imports:mapping-delete", args=[HeaderMapping.objects.get().pk]))
    work()
    waiting.refresh_from_db()
    assert (waiting.state, SurveyForm.objects.count(), waiting.rows.count()) == ("mapping", 0, 0)


def test_the_command_reads_what_was_said_and_refuses_what_was_not(desk, waiting, tmp_path, capsys):
    path = odd(tmp_path / "命令.xlsx", 4)
    with pytest.raises(CommandError, match=r"工作表“汇总”缺少必需的列：企业名称、走访单位、走访日期；.*“数据导入”页面"):
        call_command("import_workbook", "surveys", str(path))
    say(desk, waiting, filled_in(waiting, GIVEN))
    call_command("import_workbook", "surveys", str(path))
    assert "新增 1" in capsys.readouterr().out


@pytest.mark.parametrize("layouts", [1, 3])
def test_the_page_costs_the_same_however_many_layouts(desk, layouts, tmp_path, django_assert_num_queries):
    sheets = {f"表{number}": [[*ODD, f"另{number}"], form_row(number)] for number in range(layouts)}
    upload(desk, xlsx(tmp_path / "几种.xlsx", sheets))
    work()
    batch = ImportBatch.objects.get()
    with django_assert_num_queries(8):
        shown = desk.get(mapping_url(batch)).content.decode()
    assert shown.count("data-layout") == layouts


# ---- words ----


def words(desk, **query):
    return desk.get(reverse("imports:synonym-list"), query).content.decode()


def add(desk, kind="surveys", **data):
    return desk.post(f"{reverse('imports:synonym-add')}?kind={kind}", data, follow=True).content.decode()


def test_words_of_a_kind_are_listed_and_one_can_be_added_and_taken_away(desk):
    assert "存在的困难和问题" in words(desk, kind="surveys")
    assert "已添加叫法“老板说的”" in add(desk, field="appeal", words="老板说的")
    own = HeaderSynonym.objects.get()
    assert (own.field, own.key, own.added_by is not None) == ("appeal", "老板说的", True)
    assert "老板说的" not in words(desk, kind="cases")
    answer = desk.post(reverse("imports:synonym-delete", args=[own.pk]), follow=True).content.decode()
    assert ("已删除叫法“老板说的”" in answer, HeaderSynonym.objects.count()) == (True, 0)


@pytest.mark.parametrize(
    ("data", "answer"),
    [
        ({"field": "notes", "words": "走访 时间"}, "“走访 时间”已经是“走访日期”的叫法，不能再作“备注”"),
        ({"field": "visited_on", "words": "走访时间（年月日）"}, "本来就这样认"),
        ({"field": "notes", "words": "（元）"}, "叫法要有文字或数字"),
        ({"field": "password", "words": "口令"}, "所选的不在列出的各项中"),
        ({"field": "notes", "words": ""}, "请填写"),
    ],
)
def test_a_word_that_says_nothing_or_something_else_is_refused(desk, data, answer):
    shown = add(desk, **data)
    assert answer in shown
    assert HeaderSynonym.objects.count() == 0


@pytest.mark.parametrize("rows", [1, 3])
def test_the_words_cost_the_same_however_many(desk, admin, rows, django_assert_num_queries):
    at = timezone.now() - timedelta(days=1)
    for number in range(rows):
        add_synonym(kind="surveys", field="appeal", words=f"说法{number}", actor=admin, at=at)
        HeaderMapping.objects.create(
            kind="surveys", fingerprint=str(number), headings=["大名"], columns=["name"], made_by=admin, made_at=at
        )
    with django_assert_num_queries(8):  # the first page of a session keeps it, too
        shown = words(desk, kind="surveys")
    assert (shown.count("忘掉"), f"说法{rows - 1}" in shown) == (rows, True)


def test_the_words_export_whole(desk, admin):
    add_synonym(kind="surveys", field="appeal", words="老板说的", actor=admin, at=timezone.now())
    answer = desk.get(reverse("imports:synonym-export"), {"kind": "surveys"})
    assert (ExportLog.objects.get().what, int(answer["X-Rows"]) > 60) == ("征求意见调查表表头叫法", True)
