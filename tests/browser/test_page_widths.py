"""No page is wider than its screen, however long a name without a place to break it: 390, 768, 1920 px."""

import pytest
from django.apps import apps

from ledger.models import ProblemEntry
from ledger.states import EntryState
from tests.browser.test_accessibility import Visitor, told, visits
from tests.factories import EntryFactory

pytestmark = pytest.mark.django_db(transaction=True)
LONG = "Wmwm" * 15
WIDTHS = (390, 768, 1920)
# What people type or upload: titles, names of firms, projects and files, what was said.
TYPED = {
    "cases.LegalCase": ("title",),
    "cases.TypicalCase": ("title",),
    "cases.Campaign": ("name",),
    "enterprises.Enterprise": ("name",),
    "enterprises.FormerName": ("name",),
    "enterprises.KeyProject": ("name", "builder"),
    "imports.ImportBatch": ("name",),
    "ledger.Attachment": ("name",),
    "ledger.Notice": ("words",),
    "ledger.ProblemEntry": ("title",),
    "ledger.Robot": ("name",),
    "ledger.SavedView": ("name",),
    "ledger.ServiceActivity": ("summary",),
    "ledger.SurveyForm": ("appeal",),
    "reports.Briefing": ("title",),
    "reports.Screen": ("name",),
}
WIDE = """() => {
  const screen = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= screen) return "";
  const scrolled = (node) => node.parentElement.closest(".table-responsive, .section-tabs, .offcanvas-md");
  const out = [...document.querySelectorAll("body *")].filter(
    (node) => node.getBoundingClientRect().right > screen + 1 && !scrolled(node),
  );
  const told = (node) => `<${node.tagName.toLowerCase()} class="${node.className}">`;
  return `${document.documentElement.scrollWidth}: ${out.slice(-3).map(told).join(" ")}`;
}"""


def lengthen() -> None:
    """Sixty letters in the place of what each record is called, and its number where there is room."""
    for label, fields in TYPED.items():
        model = apps.get_model(label)
        for pk in model._base_manager.values_list("pk", flat=True):
            values = {name: f"{LONG}{pk}"[: model._meta.get_field(name).max_length] for name in fields}
            model._base_manager.filter(pk=pk).update(**values)


def test_no_page_is_wider_than_the_screen_whatever_is_typed_without_blanks(desk, live_server, police):
    pages = visits(police)
    lengthen()
    visitor, wide, opened = Visitor(desk, live_server.url), {}, 0
    for visit in pages:
        if not visitor.open(visit):
            continue
        opened += 1
        for width in WIDTHS:
            desk.set_viewport_size({"width": width, "height": 900})
            if found := desk.evaluate(WIDE):
                wide[f"{visit[0]} at {width}"] = found
    assert opened > 100
    assert wide == {}, told(wide)


def test_the_ledger_shows_light_and_state_at_768(desk, sign_in, coordinator, police):
    entry = EntryFactory(unit=police, lead_unit=police, state=EntryState.HANDLING)
    ProblemEntry.objects.filter(pk=entry.pk).update(title=LONG)
    type(entry.enterprise)._base_manager.filter(pk=entry.enterprise_id).update(name=LONG)
    sign_in(desk, coordinator)
    desk.set_viewport_size({"width": 768, "height": 1024})
    desk.goto("/ledger/entries/")
    row = desk.locator("tr", has_text=entry.number)
    for words in ("工作日", "办理中"):
        box = row.locator("td", has_text=words).last.bounding_box()
        assert box["x"] + box["width"] <= 768 - 8, words
