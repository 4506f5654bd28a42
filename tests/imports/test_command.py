"""The command writes what the pages would, as a batch that they can show and undo."""

import json

import pytest
from django.core.management import CommandError, call_command

from imports.models import ImportBatch, ImportRow
from ledger.models import SurveyForm
from tests.imports.books import form_row, surveys
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
