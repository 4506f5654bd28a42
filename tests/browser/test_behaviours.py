"""What scripts add to a page: once for each element, whatever is swapped in beside it, and gone with it."""

import pytest
from playwright.sync_api import expect

from tests.factories import EntryFactory

pytestmark = pytest.mark.django_db(transaction=True)
COUNT_SUBMITS = """() => {
  window.submits = 0;
  document.querySelector("form[data-auto]").addEventListener("submit", (event) => {
    event.preventDefault();
    window.submits += 1;
  });
}"""
SWAP = """() => htmx.ajax("GET", window.location.href, {
  target: ".cards-on-phone", select: ".cards-on-phone > *", swap: "innerHTML",
})"""


def test_a_filter_asks_once_however_often_something_beside_it_was_swapped(desk, sign_in, coordinator, police):
    EntryFactory(unit=police)
    sign_in(desk, coordinator)
    desk.goto("/ledger/entries/")
    desk.evaluate(COUNT_SUBMITS)
    for _ in range(3):
        desk.evaluate(SWAP)
        expect(desk.locator(".htmx-request, .htmx-swapping, .htmx-settling")).to_have_count(0)
    desk.locator("form[data-auto] select").first.dispatch_event("change")
    assert desk.evaluate("window.submits") == 1
    desk.locator("thead [data-check-all]").check()
    expect(desk.locator(".table-on-desk .pick")).to_be_checked()
