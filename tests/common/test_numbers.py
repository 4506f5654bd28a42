"""Numbers and days from outside: read in one place, within bounds, wrong ones told in words."""

import re
from pathlib import Path

import pytest
from django import forms
from django.urls import reverse

from common.dates import OUT_OF_BOUNDS
from common.forms.fields import DateInput, StyledFormMixin
from common.sent.numbers import LARGEST, whole_number
from enterprises.models import Enterprise
from tests.factories import EnterpriseFactory

ROOT = Path(__file__).parents[2]
APPS = ["accounts", "cases", "common", "desk", "duty", "enterprises", "imports", "jobs", "ledger", "reports"]
READ = {"0": 0, "7": 7, "007": 7, str(LARGEST): LARGEST, 12: 12}
NOT_READ = ["", None, "-1", "+1", " 1", "1.0", "²", "٣", "１", "1_0", "x", str(LARGEST + 1), "9" * 5000]
# Text that is looked into, not a key or a count that an address or a form gives.
OF_TEXT = {
    "common/sent/numbers.py",
    "common/books/documents.py",
    "desk/search.py",
    "enterprises/names.py",
    "ledger/surveying/marks.py",
}


def test_a_whole_number_is_plain_digits_that_a_key_can_hold():
    assert {text: whole_number(text) for text in READ} == READ
    assert [text for text in NOT_READ if whole_number(text) is not None] == []
    assert (whole_number("10", most=10), whole_number("11", most=10)) == (10, None)


def test_nobody_else_reads_digits_from_an_address_or_a_form():
    """A superscript is a digit to isdigit() and no number to int(); past 64 bits SQLite fails on it."""
    found = []
    for path in (path for app in APPS for path in sorted((ROOT / app).rglob("*.py"))):
        name = str(path.relative_to(ROOT))
        inside_files = name.startswith("imports/") and not name.startswith(("imports/views", "imports/pages"))
        if inside_files or "/migrations/" in name or name in OF_TEXT:
            continue
        if re.search(r"\.(isdigit|isdecimal|isnumeric)\(", path.read_text(encoding="utf-8")):
            found.append(name)
    assert found == []


class SampleForm(StyledFormMixin, forms.Form):
    day = forms.DateField(widget=DateInput())
    moment = forms.DateTimeField(required=False)
    number = forms.IntegerField(required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.style()


def test_every_field_of_a_day_or_a_number_has_bounds_told_in_words():
    wrong = {"day": "9999-12-31", "moment": "0001-01-01 00:00", "number": "9" * 30}
    form = SampleForm(wrong)
    assert form.errors == {"day": [OUT_OF_BOUNDS], "moment": [OUT_OF_BOUNDS], "number": ["数字太大了，请改正"]}
    assert 'value="9999-12-31"' in str(form["day"])  # what was typed stays
    assert 'min="1900-01-01"' in str(form["day"])
    assert SampleForm({"day": "1900-01-01", "number": str(-LARGEST)}).is_valid()
    assert SampleForm({"day": "2100-12-31"}).is_valid()


def test_every_form_of_ours_with_a_day_is_a_styled_one():
    """So that no date field is without its bounds."""
    assert [form for form in our_forms() if has_day(form) and not issubclass(form, StyledFormMixin)] == []


def our_forms(base=forms.BaseForm):
    for form in base.__subclasses__():
        if form.__module__.partition(".")[0] in APPS and ".admin" not in form.__module__:
            yield form
        yield from our_forms(form)


def has_day(form) -> bool:
    return any(isinstance(field, forms.DateField | forms.DateTimeField) for field in form.base_fields.values())


@pytest.mark.django_db
@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_a_list_says_which_day_it_does_not_take_and_shows_it_again(client, admin, auditor, day):
    addresses = {"accounts:audit-list": ("since", "until"), "ledger:entry-list": ("asof", "from", "deadline_to")}
    for address, names in addresses.items():
        client.force_login(auditor if address.startswith("accounts") else admin)
        for name in names:
            page = client.get(reverse(address), {name: day})
            assert (page.status_code, OUT_OF_BOUNDS in page.content.decode()) == (200, True), (address, name)


@pytest.mark.django_db
def test_a_choice_of_several_past_what_a_key_can_be_is_refused_in_the_form(client, admin):
    firm = EnterpriseFactory()
    beyond = [str(LARGEST + 1), "9" * 40, f"-{LARGEST + 2}"]
    assert list(Enterprise.objects.filter(pk__in=[*beyond, firm.pk])) == [firm]
    assert not Enterprise.objects.filter(pk__in=beyond).exists()
    client.force_login(admin)
    page = client.post(reverse("cases:case-create"), {"enterprises": [str(firm.pk), "9" * 40], "title": "样例案由"})
    assert (page.status_code, "enterprises" in page.context["form"].errors) == (200, True)
    assert "样例案由" in page.content.decode()
