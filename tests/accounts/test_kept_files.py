"""Files chosen for a form outlive a refused save and a new sign-in, and are nobody else's."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts.kept.files import MOST_FILES, keep, prune
from accounts.models import DraftFile
from accounts.signin.drafts import owner_token
from ledger.models import Attachment, ProblemCategory, ProblemEntry, ServiceActivity
from ledger.states import EntryState
from tests.factories import ActivityFactory, EntryFactory, UserFactory
from tests.factories.accounts import PASSWORD
from tests.ledger.test_activities_pages import CREATE, JPEG, post, text, typed

pytestmark = pytest.mark.django_db


def photo(name="a.jpg", content=JPEG):
    return SimpleUploadedFile(name, content + name.encode(), "image/jpeg")


def shown(page):
    return [row.name for rows in page.context["form"].kept_files.values() for row in rows]


@pytest.fixture
def bytes_left(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return lambda: sorted(path.parent.name for path in tmp_path.rglob("*") if path.is_file())


def test_the_good_files_of_a_refused_form_are_kept_and_saved_with_it(
    client, officer, bytes_left, django_capture_on_commit_callbacks
):
    client.force_login(officer)
    bad = SimpleUploadedFile("安装.exe", b"MZ" + b"\x00" * 64)
    refused = post(client, times="", photos=[photo("a.jpg"), photo("b.jpg")], files=[bad, photo("c.jpg")])
    assert (shown(refused), ServiceActivity.objects.count()) == (["a.jpg", "b.jpg", "c.jpg"], 0)
    assert text(refused).count('name="kept_file"') == 3
    assert shown(client.get(reverse(CREATE))) == ["a.jpg", "b.jpg", "c.jpg"]
    ids = dict(DraftFile.objects.values_list("name", "pk"))
    with django_capture_on_commit_callbacks(execute=True):
        again = post(client, times="", kept_file=[ids["a.jpg"], ids["c.jpg"]], photos=photo("a.jpg"))
    assert shown(again) == ["a.jpg", "c.jpg"]  # b was crossed out, a chosen once more
    with django_capture_on_commit_callbacks(execute=True):
        post(client, kept_file=[ids["c.jpg"]], photos=photo("d.jpg"))
    stored = ServiceActivity.objects.get()
    assert sorted(stored.attachments.values_list("name", flat=True)) == ["c.jpg", "d.jpg"]
    assert [file.file.size > 0 for file in stored.attachments.all()] == [True, True]
    assert (DraftFile.objects.count(), bytes_left()) == (0, ["attachments", "attachments"])


def test_files_sent_when_the_session_had_ended_are_there_after_signing_in(client, officer):
    kept = {"draft_owner": owner_token(officer), "draft_key": "activity-new", "summary": "会话过期前写的"}
    post(client, **kept, photos=photo())
    client.post(reverse("accounts:login"), {"username": officer.username, "password": PASSWORD})
    page = client.get(reverse(CREATE))
    assert (shown(page), page.context["form"]["summary"].value()) == (["a.jpg"], "会话过期前写的")


def test_nobody_else_gets_them(client, officer, police, bytes_left, django_capture_on_commit_callbacks):
    kept = {"draft_owner": owner_token(officer), "draft_key": "activity-new"}
    post(client, **kept, photos=photo())
    other = UserFactory(unit=police)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("accounts:login"), {"username": other.username, "password": PASSWORD})
    assert (DraftFile.objects.count(), bytes_left()) == (0, [])
    mine = keep(officer, "activity-new", "photos", [photo()])
    post(client, kept_file=[mine[0].pk, "x", "9" * 30])
    assert (Attachment.objects.count(), DraftFile.objects.count()) == (0, 1)
    client.logout()
    post(client, draft_owner="forged", draft_key="activity-new", photos=photo("b.jpg"))
    assert DraftFile.objects.count() == 1


def test_every_form_with_files_keeps_them(client, officer):
    """Registering, correcting, a move, an activity new and changed: refused for its words, the file stays."""
    entry = EntryFactory(unit=officer.unit, registered_by=officer)
    handled = EntryFactory(unit=officer.unit, state=EntryState.HANDLING, handler=officer)
    activity = ActivityFactory(unit=officer.unit, officer=officer)
    forms = [
        (reverse("ledger:entry-create"), {"title": ""}),
        (reverse("ledger:entry-edit", args=[entry.pk]), {"title": "", "version": entry.version}),
        (reverse("ledger:entry-move", args=[handled.pk, "complete"]), {"note": "", "version": handled.version}),
        (reverse(CREATE), typed(times="")),
        (reverse("ledger:activity-edit", args=[activity.pk]), typed(times="", version=activity.version)),
    ]
    client.force_login(officer)
    for address, form in forms:
        refused = client.post(address, {**form, "files": photo()})
        assert (shown(refused), 'name="kept_file"' in text(refused)) == (["a.jpg"], True), address
    handled.refresh_from_db()
    file = DraftFile.objects.get(key__startswith="move-")
    done = {"note": "修好了", "version": handled.version, "kept_file": file.pk}
    assert client.post(forms[2][0], done).status_code == 302  # the evidence it needs is the file that was kept
    assert handled.attachments.get().name == "a.jpg"
    file, page = DraftFile.objects.get(key="entry-new"), client.get(forms[0][0])
    key, category = page.context["form"].initial["submission_key"], ProblemCategory.objects.all()[0]
    said = {"title": "货款被拖欠", "category": category.pk, "priority": "normal", "source": "visit"}
    said |= {"submission_key": key, "kept_file": file.pk}
    assert client.post(forms[0][0], said).status_code == 302
    assert ProblemEntry.objects.get(title="货款被拖欠").attachments.get().name == "a.jpg"


def test_limits_and_age(officer, police):
    many = [photo(f"{n}.jpg") for n in range(MOST_FILES + 3)]
    assert len(keep(officer, "activity-new", "photos", many)) == MOST_FILES
    assert keep(officer, "activity-new", "photos", [photo("0.jpg")]) == []
    assert len(keep(officer, "entry-new", "files", [photo()])) == 1
    DraftFile.objects.filter(key="entry-new").update(created_at=timezone.now() - timedelta(days=8))
    assert (prune(timezone.now()), DraftFile.objects.count()) == (1, MOST_FILES)


def test_begun_anew_the_words_and_files_go_and_the_address_is_clean(client, officer):
    client.force_login(officer)
    client.post(reverse("accounts:draft"), {"draft_key": "activity-new", "summary": "写到一半"})
    keep(officer, "activity-new", "photos", [photo()])
    anew = client.get(reverse(CREATE), {"fresh": "1", "kind": "duty"})
    assert (anew.status_code, anew.url) == (302, f"{reverse(CREATE)}?kind=duty")
    assert (DraftFile.objects.count(), client.get(anew.url).context["form"].restored) == (0, False)


def test_what_was_typed_for_a_record_that_is_gone_is_kept(client, officer):
    client.force_login(officer)
    one = ActivityFactory(unit=officer.unit, officer=officer)
    address = reverse("ledger:activity-edit", args=[one.pk])
    client.get(address)
    one.delete()
    late = client.post(address, typed(summary="写了两千字的情况" * 20, version="1", photos=photo()))
    page = text(late)
    assert (late.status_code, "写了两千字" in page, "可能刚被别人删除" in page) == (404, True, True)
    assert (shown(late), f'action="{reverse(CREATE)}"' in page) == (["a.jpg"], True)
    elsewhere = reverse("ledger:recovery-edit", args=[10**6])
    gone = client.post(elsewhere, {"basis": "很长很长的依据写了半天", "amount": "5"})
    assert (gone.status_code, "很长很长的依据写了半天" in text(gone)) == (404, True)
    hidden = client.post(elsewhere, {"new_password": "一个很长很长的口令在这里"})
    assert "口令" not in text(hidden)
