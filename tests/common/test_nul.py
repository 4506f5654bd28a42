"""A NUL, which nobody types, finds no way to PostgreSQL, which stores none."""

import pytest
from django.urls import reverse

from accounts.models import Draft

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "address", ["enterprises:choices", "ledger:entry-choices", "cases:case-choices", "desk:search"]
)
def test_an_address_with_a_nul_is_refused_with_our_own_page(client, officer, address):
    client.force_login(officer)
    answer = client.get(f"{reverse(address)}?q=%00")
    assert (answer.status_code, "请求无法识别" in answer.content.decode()) == (400, True)


def test_a_draft_is_kept_without_its_nuls(client, officer):
    client.force_login(officer)
    answer = client.post(reverse("accounts:draft"), {"draft_key": "ac\0tivity", "summary": "走\0访"})
    assert answer.json()["saved"] is True
    assert [(draft.key, draft.data) for draft in Draft.objects.all()] == [("activity", {"summary": ["走访"]})]
