from dataclasses import replace

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError
from django.urls import reverse

from ledger.models import Attachment
from ledger.services.files import attach
from tests.factories import ActivityFactory, CaseFactory, EntryFactory
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
