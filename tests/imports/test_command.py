"""The command writes what the pages would, as a batch that they can show and undo."""

import json

import pytest
from django.core.management import CommandError, call_command

from enterprises.models import Enterprise
from imports.models import ImportBatch, ImportRow
from ledger.models import SurveyForm
from tests.factories.enterprises import uscc
from tests.imports.books import form_row, surveys, xlsx
from tests.imports.test_undo import bring_in as import_page
from tests.imports.test_undo import dump, undo, work

pytestmark = pytest.mark.django_db


@pytest.fixture
def path(tmp_path):
    return surveys(tmp_path / "样例.xlsx", [form_row(1), form_row(1), form_row(2, 走访日期="2023-13-01")])


def run(capsys, path, *flags):
    call_command("import_workbook", "surveys", str(path), "--json", *flags)
    return json.loads(capsys.readouterr().out)


def test_a_dry_run_writes_nothing_and_a_commit_makes_one_batch(capsys, path, admin):
    dry = run(capsys, path)
    assert (dry["created"], dry["duplicates"], len(dry["errors"]), ImportBatch.objects.count()) == (1, 1, 1, 0)
    first = run(capsys, path, "--commit", "--as", admin.username)
    assert {key: first[key] for key in dry if key not in ("committed", "batch")} == {
        key: dry[key] for key in dry if key not in ("committed", "batch")
    }
    batch = ImportBatch.objects.get()
    assert (batch.pk, batch.state, batch.uploaded_by, batch.file.size) == (
        first["batch"],
        "applied",
        admin,
        path.stat().st_size,
    )
    again = run(capsys, path, "--commit")
    assert (again["created"], again["updated"], again["batch"], ImportBatch.objects.count()) == (0, 0, None, 1)


def test_a_batch_of_the_command_is_undone_on_the_page_and_its_bytes_are_known_there(capsys, path, client, admin):
    client.force_login(admin)
    before = dump()
    batch = ImportBatch.objects.get(pk=run(capsys, path, "--commit")["batch"])
    assert ImportRow.objects.get(batch=batch, outcome="create").object_id == SurveyForm.objects.get().pk
    assert import_page(client, path).pk == batch.pk
    undo(client, batch)
    work()
    assert (batch.state, dump() == before) == ("undone", True)


def test_only_an_admin_in_office_is_named_as_the_one_who_imports(path, officer):
    with pytest.raises(CommandError, match="不是在用的管理员账号"):
        call_command("import_workbook", "surveys", str(path), "--commit", "--as", officer.username)


def test_the_command_names_the_columns_it_leaves_behind(capsys, tmp_path):
    path = xlsx(
        tmp_path / "企业.xlsx", {"表": [["企业名称", "联系人", "法人爱好"], ["津市样例甲有限公司", "干警0001", "下棋"]]}
    )
    call_command("import_workbook", "enterprises", str(path))
    assert "没有对应、不会导入的列：法人爱好" in capsys.readouterr().out


def test_new_enterprises_of_one_core_are_pointed_out_and_lined_up_names_are_joined(capsys, tmp_path):
    rows = [
        ["企业名称", "统一社会信用代码", "联系人"],
        ["津市样例丁戊有限公司", uscc(1), "干 警 0001"],
        ["津市样例丁戊有限责任公司", "", "干警　0002"],
        ["湖南样例己庚有限公司", uscc(2), "Anna Li"],
        ["样例己庚有限公司", uscc(3), ""],
    ]
    path = xlsx(tmp_path / "企业.xlsx", {"表": rows})
    call_command("import_workbook", "enterprises", str(path), "--json", "--commit")
    told = json.loads(capsys.readouterr().out)
    twins = "与 表第2行 字号相同，只差地名或公司形式，请核对是不是同一家"
    assert told["notes"] == [
        f"表第3行“津市样例丁戊有限责任公司”{twins}",
        "表第3行：缺统一社会信用代码，记为未核实",
        f"表第3行：{twins}",
    ]
    names = Enterprise.objects.order_by("pk").values_list("contact_name", flat=True)
    assert list(names) == ["干警0001", "干警0002", "Anna Li", ""]
