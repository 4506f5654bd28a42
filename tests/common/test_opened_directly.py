"""What only a form sends to answers with a page of its own when it is opened as an address."""

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db


def test_an_address_of_a_form_opened_by_itself_says_what_to_do_and_leads_on(client, coordinator):
    addresses = [
        reverse("ledger:order-reply", args=[1]),
        reverse("ledger:order-judge", args=[1]),
        reverse("ledger:notice-read-all"),
        reverse("duty:swap-answer", args=[1]),
    ]
    assert {client.get(address).status_code for address in addresses} == {302}  # to the sign-in, as everything
    client.force_login(coordinator)
    for address in addresses:
        answer = client.get(address)
        shown = answer.content.decode()
        assert (address, answer.status_code, answer.headers["Allow"]) == (address, 405, "POST")
        assert (address, "这个网址不能直接打开" in shown, 'href="/"' in shown) == (address, True, True)
