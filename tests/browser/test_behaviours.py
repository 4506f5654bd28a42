"""What scripts add to a page: once for each element, whatever is swapped in beside it, and gone with it."""

import pytest
from django.urls import reverse
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
  target: ".table-on-desk", select: ".table-on-desk > *", swap: "innerHTML",
})"""


def test_a_filter_asks_once_however_often_something_beside_it_was_swapped(desk, sign_in, coordinator, police):
    EntryFactory(unit=police)
    sign_in(desk, coordinator)
    desk.goto(reverse("ledger:entry-list"))
    desk.evaluate(COUNT_SUBMITS)
    for _ in range(3):
        desk.evaluate(SWAP)
        expect(desk.locator(".htmx-request, .htmx-swapping, .htmx-settling")).to_have_count(0)
    desk.locator("form[data-auto] select").first.dispatch_event("change")
    assert desk.evaluate("window.submits") == 1
    desk.locator("thead [data-check-all]").check()
    expect(desk.locator(".table-on-desk .pick")).to_be_checked()


REGISTER = """async () => {
  const { behave, retire, wake } = await import("/static/js/behaviours.js");
  Object.assign(window, { retire, wake, begun: [], ended: [] });
  behave("[data-sample]", (element, gone) => {
    window.begun.push(element.dataset.sample);
    gone.addEventListener("abort", () => window.ended.push(element.dataset.sample));
    if (element.dataset.sample === "faulty") throw new TypeError("sample");
  });
  behave("[data-sample]", (element) => (element.title = element.dataset.sample));
}"""
PUT = """(names) => {
  const box = document.querySelector("#messages-sample") ?? document.createElement("div");
  box.id = "messages-sample";
  document.querySelector("main").append(box);
  box.replaceChildren(...names.map((name) => Object.assign(document.createElement("i"), { textContent: name })));
  [...box.children].forEach((one) => (one.dataset.sample = one.textContent));
}"""


def test_a_behaviour_begins_with_its_element_and_ends_with_it(desk, sign_in, coordinator):
    sign_in(desk, coordinator)
    desk.evaluate(REGISTER)
    desk.evaluate(PUT, ["one", "two"])
    desk.evaluate("() => { wake(document.body); wake(document.querySelector('[data-sample]')); }")
    assert desk.evaluate("window.begun") == ["one", "two"]
    desk.evaluate("() => htmx.swap('#messages-sample', '<b data-sample=three></b>', { swapStyle: 'innerHTML' })")
    expect(desk.locator("[data-sample=three]")).to_have_attribute("title", "three")
    assert desk.evaluate("window.begun") == ["one", "two", "three"]
    assert sorted(desk.evaluate("window.ended")) == ["one", "two"]
    desk.evaluate("() => { retire(document.querySelector('#messages-sample')); }")
    assert desk.evaluate("window.ended.at(-1)") == "three"


def test_a_behaviour_that_fails_leaves_the_others(desk, sign_in, coordinator):
    sign_in(desk, coordinator)
    desk.evaluate(REGISTER)
    desk.evaluate("() => { window.reportError = (fault) => (window.reported = fault.message); }")
    desk.evaluate(PUT, ["faulty", "sound"])
    desk.evaluate("() => wake(document.body)")
    assert desk.evaluate("[...document.querySelectorAll('[data-sample]')].map((one) => one.title)") == [
        "faulty",
        "sound",
    ]
    assert desk.evaluate("window.reported") == "sample"


def test_a_list_writes_only_the_shape_that_the_screen_shows_and_changes_with_it(desk, sign_in, office):
    entry = EntryFactory()
    sign_in(desk, office)
    table, cards = desk.locator(".table-on-desk"), desk.locator(".cards-on-phone")
    desk.goto(reverse("ledger:entry-list"))
    expect(table).to_contain_text(entry.number)
    assert cards.count() == 0
    desk.set_viewport_size({"width": 390, "height": 844})
    expect(cards).to_contain_text(entry.number)
    assert table.count() == 0
    cards.get_by_label(f"选择 {entry.number}").check()
    desk.set_viewport_size({"width": 1024, "height": 844})  # what was ticked is not lost by turning the screen
    expect(cards.get_by_label(f"选择 {entry.number}")).to_be_checked()
    desk.reload()
    expect(table).to_contain_text(entry.number)
