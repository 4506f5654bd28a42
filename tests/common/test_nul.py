"""A NUL, which nobody types, finds no way to PostgreSQL, which stores none."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Draft
from ledger.states import EntryState
from tests.factories import EntryFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "address", ["enterprises:choices", "ledger:entry-choices", "cases:case-choices", "desk:search", "ledger:entry-list"]
)
def test_words_sought_are_read_without_their_nuls(client, office, address):
    entry = EntryFactory(title="样例问题一则")
    client.force_login(office)
    answer = client.get(f"{reverse(address)}?q=%E6%A0%B7%00%E4%BE%8B%E9%97%AE%E9%A2%98&%00=1")
    assert answer.status_code == 200
    if address in {"ledger:entry-list", "desk:search"}:
        assert entry.title in answer.content.decode()


def test_a_path_with_a_nul_names_no_page_and_is_refused_with_one_of_our_own(client, officer):
    client.force_login(officer)
    answer = client.get("/ledger/entries/%00/")
    assert (answer.status_code, "请求无法识别" in answer.content.decode()) == (400, True)


def test_a_form_is_read_without_its_nuls_with_files_or_not(client, office):
    entry = EntryFactory(unit=office.unit, state=EntryState.REGISTERED)
    client.force_login(office)
    url = reverse("ledger:entry-move", args=[entry.pk, "accept"])
    assert client.post(url, {"version": f"{entry.version}\0", "note": "同\0意"}).status_code == 302  # as multipart
    entry.refresh_from_db()
    body = f"version={entry.version}&note=%00%E5%8A%9E&lead_unit={office.unit.pk}&deadline={timezone.localdate()}"
    url = reverse("ledger:entry-move", args=[entry.pk, "assign"])
    assert client.post(url, body, content_type="application/x-www-form-urlencoded").status_code == 302
    assert list(entry.events.values_list("note", flat=True).order_by("seq"))[-2:] == ["同意", "办"]


def test_a_draft_is_kept_without_its_nuls(client, officer):
    client.force_login(officer)
    answer = client.post(reverse("accounts:draft"), {"draft_key": "ac\0tivity", "summary": "走\0访"})
    assert answer.json()["saved"] is True
    assert [(draft.key, draft.data) for draft in Draft.objects.all()] == [("activity", {"summary": ["走访"]})]
