import os
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone

from common.files import with_files
from imports.writing.services import take_in
from jinshi_zf.verification import orphans
from ledger.models import Attachment, ProblemCategory
from ledger.services.activities import ActivityData, log_activity, update_activity
from ledger.services.entries.registering import correct_entry, create_entry
from ledger.services.files import attach, keep_with_case
from ledger.states import Action
from tests.factories import ActivityFactory, CaseFactory, EntryFactory, move
from tests.factories.ledger import attached, evidence

pytestmark = pytest.mark.django_db


def kept(name: str, content_type: str, **subject) -> Attachment:
    made = Attachment(name=name, size=4, sha256="0" * 64, content_type=content_type, **subject)
    made.file.save(name, ContentFile(b"data"), save=False)
    made.save()
    return made


def fetch(client, user, attachment):
    client.force_login(user)
    return client.get(reverse("ledger:attachment", args=[attachment.pk]))


@pytest.mark.parametrize(
    ("name", "content_type", "disposition"),
    [
        ("现场照片.jpg", "image/jpeg", "inline"),
        ("办结回执.pdf", "application/pdf", "inline"),
        ("调解协议.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "attachment"),
    ],
)
def test_file_comes_with_its_chinese_name_and_can_run_nothing(client, officer, police, name, content_type, disposition):
    answer = fetch(client, officer, kept(name, content_type, entry=EntryFactory(unit=police)))
    assert b"".join(answer.streaming_content) == b"data"
    said = answer.headers["Content-Disposition"]
    assert said.startswith(f"{disposition}; filename*=utf-8''%")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert ("sandbox" in answer.headers["Content-Security-Policy"]) is (content_type != "application/pdf")


def test_file_is_as_closed_as_what_it_belongs_to(client, officer, foreign_officer, police):
    for subject in (
        {"entry": EntryFactory(unit=police)},
        {"activity": ActivityFactory(unit=police)},
        {"case": CaseFactory(unit=police)},
    ):
        attachment = kept("材料.pdf", "application/pdf", **subject)
        assert fetch(client, officer, attachment).status_code == 200
        assert fetch(client, foreign_officer, attachment).status_code == 404


def test_stored_name_says_nothing_of_the_persons_file_name(police):
    attachment = attached(EntryFactory(unit=police), "拖欠工资名单.pdf")
    assert (attachment.name, "拖欠" in attachment.file.name) == ("拖欠工资名单.pdf", False)


def test_row_whose_file_is_gone_is_a_404_not_a_failure(client, officer, police):
    attachment = kept("丢失.pdf", "application/pdf", entry=EntryFactory(unit=police))
    attachment.file.storage.delete(attachment.file.name)
    assert fetch(client, officer, attachment).status_code == 404


def test_files_that_cannot_all_be_kept_leave_no_bytes_behind(police, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    broken = replace(evidence("第二份.pdf"), content_type=None)
    with pytest.raises(IntegrityError):
        attach([evidence("第一份.pdf"), broken], by=None, entry=EntryFactory(unit=police))
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert Attachment.objects.count() == 0


def test_bytes_go_when_a_later_step_fails(officer, admin, settings, tmp_path):
    """Every service that keeps files, undone from around it after all its own steps were done."""
    settings.MEDIA_ROOT = tmp_path
    now, category = timezone.now(), ProblemCategory.objects.first()
    visit = {"kind": "visit", "happened_on": date(2023, 5, 2), "times": 1, "target_name": "样例"}
    one, entry = ActivityFactory(unit=officer.unit, officer=officer), EntryFactory(unit=officer.unit, state="handling")
    fresh, files = EntryFactory(unit=officer.unit, registered_by=officer), [evidence()]
    data = ActivityData(columns=visit, files=files)
    workbook = SimpleUploadedFile("企业.csv", "企业名称\n津市样例企业甲有限公司\n".encode())
    keep = [
        lambda: log_activity(actor=officer, at=now, data=data),
        lambda: update_activity(activity=one, actor=officer, at=now, version=one.version, data=data),
        lambda: create_entry(actor=officer, at=now, unit=officer.unit, category=category, title="路面", files=files),
        lambda: correct_entry(entry=fresh, actor=officer, at=now, version=1, fields={}, files=files),
        lambda: move(entry, Action.PROGRESS, actor=entry.handler, note="见附件", files=files),
        lambda: keep_with_case(CaseFactory(unit=officer.unit), files, by=officer),
        lambda: take_in(kind="enterprises", file=workbook, actor=admin),
    ]
    for write in keep:
        with pytest.raises(RuntimeError):
            undone(write, tmp_path)
        assert stored(tmp_path) == []
    keep[0]()
    assert len(stored(tmp_path)) == 1


def test_verify_names_bytes_that_are_nobodys(police, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    attached(EntryFactory(unit=police))
    long_ago = (timezone.now() - timedelta(hours=2)).timestamp()
    for name in ("attachments/old.pdf", "attachments/new.pdf", "imports/2023/05/old.csv"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    for path in [*tmp_path.rglob("*.pdf"), *tmp_path.rglob("*.csv")]:
        if path.name != "new.pdf":
            os.utime(path, (long_ago, long_ago))
    assert [line.split()[1] for line in orphans()] == ["attachments/old.pdf", "imports/2023/05/old.csv"]


def undone(write, folder):
    with with_files():
        write()
        assert stored(folder) != []
        raise RuntimeError


def stored(folder):
    return [path for path in folder.rglob("*") if path.is_file()]
