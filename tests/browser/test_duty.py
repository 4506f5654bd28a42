"""The roster as it is worked with, at the desk and on a phone; a survey form typed on the spot."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from ledger.models import ProblemCategory, ProblemEntry, ServiceActivity, SurveyForm
from tests.browser.choosing import choose
from tests.factories import EnterpriseFactory, PairingFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_duty_is_arranged_at_the_desk_and_logged_on_the_officers_phone(desk, phone, sign_in, police):
    officer = UserFactory(unit=police, name="王值班")
    sign_in(desk, UserFactory(unit=police, coordinator=True))
    desk.get_by_role("link", name="值班表").first.click()
    desk.locator(".duty-grid tbody tr").first.get_by_role("link").first.click()
    choose(desk.locator("[data-field=whole]"), "王值班")
    desk.get_by_role("button", name="保存").click()
    expect(desk.locator(".duty-grid")).to_contain_text("王值班")

    sign_in(phone, officer)
    expect(phone.get_by_role("main")).to_contain_text("今天在岗")
    phone.get_by_role("link", name="记坐班").click()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    phone.get_by_role("button", name="保存").click()
    expect(phone.get_by_role("main")).to_contain_text("驻点坐班")
    assert ServiceActivity.objects.get().officer == officer
    phone.goto(reverse("duty:mine"))
    expect(phone.get_by_role("main")).to_contain_text("已记坐班")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_survey_form_shows_the_problems_it_will_make_while_it_is_typed(phone, sign_in, police):
    officer = UserFactory(unit=police)
    firm = EnterpriseFactory(name="津市样例纺织有限公司")
    PairingFactory(officer=officer, enterprise=firm)
    category = ProblemCategory.objects.order_by("order", "pk").first()
    sign_in(phone, officer)
    phone.goto(f"{reverse('ledger:survey-create')}?enterprise={firm.pk}")
    phone.get_by_label("问题诉求").press_sequentially("1、下游拖欠货款；2、电缆被盗")
    expect(phone.get_by_role("main")).to_contain_text("登入问题台账 2 个问题")
    phone.select_option("[name=category]", label=category.name)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    phone.get_by_role("button", name="登记").click()
    expect(phone.get_by_role("main")).to_contain_text("诉求登入台账")
    assert (SurveyForm.objects.get().enterprise, ProblemEntry.objects.count()) == (firm, 2)
