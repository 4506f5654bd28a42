"""The list of jobs says of each what it is about, in words, and why it runs."""

import pytest
from django.urls import reverse

from imports.models import ImportBatch
from jobs.services import enqueue
from ledger.models import RuleChange
from ledger.services.deadlines.recount_jobs import FOLLOW
from tests.factories.reports import BriefingFactory

pytestmark = pytest.mark.django_db


def test_the_list_of_jobs_names_file_period_and_cause(client, admin):
    batches = [
        ImportBatch.objects.create(kind="surveys", name=f"调查表{n}.xlsx", sha256=str(n) * 64, size=1) for n in (1, 2)
    ]
    change = RuleChange.objects.create(made_at="2026-11-30T09:00+08:00")
    briefing = BriefingFactory(title="上半年汇报")
    for batch in batches:
        enqueue(kind="imports.read", params={"batch": batch.pk}, owner=admin)
    enqueue(kind="imports.undo", params={"batch": batches[0].pk, "reason": "传错了"}, owner=admin)
    enqueue(kind="imports.read", params={"batch": 0})
    enqueue(kind="reports.tally", params={"period": "2023H1"})
    enqueue(kind="reports.tally", params={"period": "?"})
    enqueue(kind="reports.close", params={"period": "2023H1", "reason": "两家没有签字"}, owner=admin)
    enqueue(kind="reports.issue", params={"briefing": briefing.pk}, owner=admin)
    enqueue(kind=FOLLOW, params={"model": "rulechange", "pk": change.pk}, owner=admin)
    enqueue(kind="ledger.recheck", params={"period": "2023M05"})
    enqueue(kind="gone", params={"what": "问题台账"})
    client.force_login(admin)
    page = client.get(reverse("jobs:job-list"))
    assert [(line.job.name, line.about, line.cause) for line in page.context["jobs"]][::-1] == [
        ("读取导入文件", "调查表1.xlsx（征求意见调查表）", f"{admin.name}发起"),
        ("读取导入文件", "调查表2.xlsx（征求意见调查表）", f"{admin.name}发起"),
        ("撤销导入", "调查表1.xlsx（征求意见调查表），理由：传错了", f"{admin.name}发起"),
        ("读取导入文件", "", "系统按时运行"),
        ("统计", "2023年上半年", "系统按时运行"),
        ("统计", "", "系统按时运行"),
        ("结账", "2023年上半年（两家没有签字）", f"{admin.name}发起"),
        ("签发汇报", "上半年汇报", f"{admin.name}发起"),
        ("重算办理期限", f"时限规则第 {change.pk} 次修改", f"{admin.name}发起"),
        ("抽取撤单质检", "2023年5月", "系统按时运行"),
        ("后台任务", "问题台账", "系统按时运行"),
    ]
    assert "统计：2023年上半年" in page.content.decode()


def test_what_jobs_are_about_costs_one_statement_a_kind(client, admin, django_assert_num_queries):
    client.force_login(admin)
    for count in (1, 3):
        batch = ImportBatch.objects.create(kind="surveys", name=f"{count}.xlsx", sha256=str(count) * 64, size=1)
        while client.get(reverse("jobs:job-list")).context["page"].paginator.count < count:
            enqueue(kind="imports.read", params={"batch": batch.pk}, owner=admin)
        with django_assert_num_queries(6):
            client.get(reverse("jobs:job-list"))
