import pytest
from django.urls import reverse
from django.utils import timezone

from common.periods import Period
from ledger.models import ActivityKind
from reports.figures.counting import recount
from reports.figures.registry.indicators import INDICATORS
from reports.pages.registry import BALANCE
from reports.records.lists import RATES
from tests.factories import ActivityFactory, EntryFactory

pytestmark = pytest.mark.django_db
URL = reverse("reports:indicators") + "?period=2023H1"


@pytest.mark.parametrize("rows", [1, 3])
def test_lists_every_figure_with_its_words_and_the_persons_own_value(
    client, unit_leader, police, court, rows, django_assert_num_queries
):
    ActivityFactory.create_batch(rows, unit=police, kind=ActivityKind.LEADER_VISIT)
    ActivityFactory(unit=court, kind=ActivityKind.LEADER_VISIT)
    EntryFactory(unit=police, state="closed")
    recount(Period.parse("2023H1"), timezone.now())
    client.force_login(unit_leader)
    client.get(URL)
    with django_assert_num_queries(21):
        page = client.get(URL).context["page"]
    found = {entry.code: entry for entry in page.entries}
    assert set(found) == {*INDICATORS, *RATES, *BALANCE} - {"park_calm_months"}
    assert found["leader_visits"].words == f"{rows}次"
    assert found["resolution_rate"].words == "100.0%（1 / 1 件）"
    assert found["newly_resolved"].words == "1件"
    assert found["leader_visits"].history_words == "第 1 版（2023-01-01 起）初次公布"


def test_is_searched_and_exported_as_shown(client, admin):
    client.force_login(admin)
    page = client.get(URL + "&q=检察建议 制发").context["page"]
    assert [entry.code for entry in page.entries] == ["procuratorial_recommendations"]
    answer = client.get(reverse("reports:indicators-export"), {"period": "2023H1", "q": "检察建议 制发"})
    assert answer["X-Rows"] == "1"
    assert "没有含有这些字的指标" in client.get(URL + "&q=无此词").content.decode()
