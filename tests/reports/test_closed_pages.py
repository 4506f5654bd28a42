"""Pages whose save moves a figure of a closed half-year: the form then asks 更正原因, keeps what was typed, and saves
with the reason; a button asks on a page of its own. Also where the record's own dates lie outside."""

from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from common.forms.reasons import REASON
from imports.models import ImportBatch
from jobs.runner import run_job
from ledger.models import Correction
from tests.clients import QuickClient
from tests.factories import EnterpriseFactory
from tests.imports.books import HEADINGS, form_row, xlsx
from tests.reports.closed_office import BEFORE, DAY, KEPT, OPEN, WHY, Closed, Office, stored

pytestmark = pytest.mark.django_db
Address = Callable[[Office], str]
Typed = Callable[[Office], dict[str, Any]]


def page(name: str, record: str = "") -> Address:
    return lambda o: reverse(name, args=[getattr(o, record).pk] if record else [])


FORMS: dict[str, tuple[str, Address, Typed]] = {
    "an activity's day": ("officer", page("ledger:activity-edit", "activity"), lambda o: {"happened_on": OPEN}),
    "an activity's output": ("officer", page("ledger:activity-edit", "activity"), lambda o: {"output_attendance": 30}),
    "a visit that becomes a leader's": (
        "officer",
        page("ledger:activity-edit", "late_activity"),
        lambda o: {"kind": "leader_visit", "led_by": "副市长"},
    ),
    "an entry's matter": ("officer", page("ledger:entry-edit", "entry"), lambda o: {"workstream": o.port.pk}),
    "an entry's source": ("officer", page("ledger:entry-edit", "reopened"), lambda o: {"source": "inspection"}),
    "a sum": ("clerk", page("ledger:recovery-edit", "recovery"), lambda o: {"amount": "700"}),
    "new money": (
        "clerk",
        lambda o: reverse("ledger:recovery-create") + f"?case={o.late_case.pk}",
        lambda o: {"kind": "avoided", "amount": "700", "basis": "样例", "happened_on": DAY},
    ),
    "a new activity": (
        "officer",
        page("ledger:activity-create"),
        lambda o: {"kind": "duty", "happened_on": DAY, "output_attendance": 2, "times": 1, "is_another": "on"},
    ),
    "a new case": (
        "clerk",
        page("cases:case-create"),
        lambda o: {"number": "（2023）湘0781刑初9号", "kind": "legal_aid", "unit": o.unit.pk, "filed_on": DAY},
    ),
    "a new recommendation": (
        "clerk",
        page("cases:recommendation-create"),
        lambda o: {"number": "样例建议一号", "unit": o.unit.pk, "issued_on": DAY},
    ),
    "a new published case": (
        "clerk",
        page("cases:typical-create"),
        lambda o: {"title": "样例", "unit": o.unit.pk, "published_on": DAY, "channel": "频道"},
    ),
    "a new pairing": (
        "admin",
        page("enterprises:pairing-start"),
        lambda o: {"officer": o.admin.pk, "target": f"enterprise:{o.enterprise.pk}", "starts_on": DAY},
    ),
    "a case's end": ("clerk", page("cases:case-edit", "case"), lambda o: {"closed_on": OPEN}),
    "a case's campaign": ("clerk", page("cases:case-edit", "plain_case"), lambda o: {"campaign": o.campaign.pk}),
    "a case's matter": ("clerk", page("cases:case-edit", "plain_case"), lambda o: {"workstream": o.port.pk}),
    "a recommendation's day": (
        "clerk",
        page("cases:recommendation-edit", "advice"),
        lambda o: {"issued_on": OPEN},
    ),
    "a published case's day": ("clerk", page("cases:typical-edit", "story"), lambda o: {"published_on": OPEN}),
    "a pairing's end": (
        "admin",
        page("enterprises:pairing-end", "pairing"),
        lambda o: {"ends_on": DAY, "notes": "调离"},
    ),
}
BUTTONS: dict[str, tuple[str, Address]] = {
    "an activity": ("officer", page("ledger:activity-delete", "activity")),
    "money": ("clerk", page("ledger:recovery-delete", "recovery")),
}


def typed(client: QuickClient, address: str) -> dict[str, Any]:
    """What a browser would send of the page as it stands."""
    context = client.get(address).context
    forms = [context["form"]]
    if "problems" in context:
        forms.append(context["problems"].management_form)
    values = {field.html_name: field.value() for form in forms for field in form}
    return {name: value for name, value in values.items() if value not in (None, "") and value is not False}


@pytest.mark.parametrize("name", FORMS)
def test_a_form_asks_for_the_reason_and_saves_with_it(name):
    o = Office()
    person, address, words = FORMS[name]
    client = QuickClient()
    client.force_login(getattr(o, person))
    closed, before = Closed(o.admin), stored()
    data = typed(client, address(o)) | words(o)
    asked = client.post(address(o), data)
    (words_of,) = asked.context["form"].errors.values()
    assert "2023年上半年已结账" in words_of[0]
    assert (f'name="{REASON}"' in asked.content.decode(), stored() == before) == (True, True)
    assert client.post(address(o), data | {REASON: WHY}).status_code in (302, 204)
    assert closed.recounted() == (*KEPT, {WHY})
    assert Correction.objects.get().reason == WHY


@pytest.mark.parametrize("name", BUTTONS)
def test_a_button_asks_for_the_reason_on_a_page_of_its_own(name):
    o = Office()
    person, address = BUTTONS[name]
    client = QuickClient()
    client.force_login(getattr(o, person))
    closed, before = Closed(o.admin), stored()
    asked = client.post(address(o))
    assert (stored() == before, f'name="{REASON}"' in asked.content.decode()) == (True, True)
    client.post(address(o), {REASON: WHY})
    assert closed.recounted() == (*KEPT, {WHY})


def worked() -> ImportBatch:
    """The batch after the worker has done what waits."""
    while run_job():
        pass
    return ImportBatch.objects.get()


def paired(o: Office) -> tuple[str, list[list[Any]]]:
    EnterpriseFactory(name="津市样例导入有限公司", is_above_scale=True)
    return "pairings", [["结对干警", "企业或项目", "开始日期"], [o.officer.name, "津市样例导入有限公司", DAY]]


def surveyed(o: Office) -> tuple[str, list[list[Any]]]:
    return "surveys", [HEADINGS, form_row(1, 走访单位=o.unit.name), form_row(2, 走访日期=OPEN, 问题诉求="无")]


def campaigned(o: Office) -> tuple[str, list[list[Any]]]:
    """Filed before the half-year, with money in it."""
    row = {"案号": o.plain_case.number, "案件类型": "执行", "承办单位": o.unit.name, "立案日期": BEFORE}
    return "cases", [[*row, "专项行动"], [*row.values(), o.campaign.name]]


@pytest.mark.parametrize("rows", [paired, surveyed, campaigned], ids=lambda rows: rows.__name__)
def test_an_import_asks_on_its_preview_and_its_undo_on_its_own_page(rows, tmp_path):
    o, client = Office(), QuickClient()
    kind, sheet = rows(o)
    closed = Closed(o.admin)
    client.force_login(o.admin)
    path = xlsx(tmp_path / "样例.xlsx", {"表": sheet})
    client.post(reverse("imports:upload"), {"kind": kind, "files": [SimpleUploadedFile(path.name, path.read_bytes())]})
    batch = worked()
    assert (batch.figures["wrong"], batch.summary["closed"]) == (1, 1)
    assert "2023年上半年已结账" in batch.rows.get(outcome="error").errors[0]["reason"]
    address = reverse("imports:batch-detail", args=[batch.pk])
    assert "有 1 行会动到已结账期间的数字：补录原因" in unescape(client.get(address).content.decode())
    client.post(reverse("imports:rows-explain", args=[batch.pk]), {"reason": WHY})
    assert worked().figures["wrong"] == 0
    client.post(reverse("imports:batch-confirm", args=[batch.pk]))
    assert worked().state == "applied"
    assert closed.recounted() == (*KEPT, {WHY})
    undo = reverse("imports:batch-undo", args=[batch.pk])
    assert "条计在已结账的期间里：更正原因" in unescape(client.get(undo).content.decode())
    client.post(undo, {"reason": "导错了"})
    assert worked().result["undone"]["kept"] == []
    assert closed.recounted() == (*KEPT, {WHY, "导错了"})
    assert Correction.objects.filter(label__startswith="撤销导入“样例.xlsx”").exists()
