"""Two firms become one, and two again: everything that hangs on them, nothing left behind, nothing lost."""

import uuid
from datetime import date, timedelta

import pytest
from auditlog.models import LogEntry
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from common.forms.conflicts import StaleVersionError
from enterprises.doubles.relations import RELATIONS, relations
from enterprises.models import Enterprise, EnterpriseMerge, FormerName, Pairing
from enterprises.services.errors import RegisterError
from enterprises.services.merging import MergeData, merge_enterprises
from enterprises.services.unmerging import undo_merge
from ledger.models import ProblemEntry, ServiceActivity, SurveyForm
from tests.factories import (
    ActivityFactory,
    CaseFactory,
    EnterpriseFactory,
    EntryFactory,
    KeyProjectFactory,
    PairingFactory,
    SurveyFormFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
DAY = date(2023, 5, 8)


class Two:
    """A firm entered twice, with something of every kind on each."""

    def __init__(self, gone="样例盐业公司"):
        self.admin = UserFactory(admin=True)
        self.kept = EnterpriseFactory(name="津市样例盐业有限公司", contact_phone="0736-4200001", address="样例路1号")
        self.gone = EnterpriseFactory(name=gone, uscc=None, is_verified=False, notes="旧名录", address="")
        self.officer, self.other = UserFactory(), UserFactory()
        for firm in (self.kept, self.gone):
            ActivityFactory(enterprise=firm, happened_on=DAY)
            EntryFactory(enterprise=firm)
            SurveyFormFactory(enterprise=firm)
            KeyProjectFactory(enterprise=firm)
        self.case_of_both, self.case = CaseFactory(), CaseFactory()
        self.case_of_both.enterprises.set([self.kept, self.gone])
        self.case.enterprises.set([self.gone])
        self.early = self.pair(self.officer, self.kept, date(2023, 1, 1), date(2023, 6, 30))
        self.late = self.pair(self.officer, self.kept, date(2023, 9, 1), date(2023, 12, 31))
        self.bridge = self.pair(self.officer, self.gone, date(2023, 6, 1), date(2023, 10, 1))
        self.alone = self.pair(self.other, self.gone, date(2023, 1, 1), None)
        FormerName.objects.create(enterprise=self.gone, name="样例制盐厂", used_until=DAY, origin="typed")

    def pair(self, officer, firm, first, last):
        return PairingFactory(officer=officer, enterprise=firm, starts_on=first, ends_on=last)

    def merge(self, taken=(), both=(), submission=None, at=None):
        self.kept, self.gone = (Enterprise.objects.get(pk=one.pk) for one in (self.kept, self.gone))
        data = MergeData(frozenset(taken), (self.kept.version, self.gone.version), "同一张执照", frozenset(both))
        return merge_enterprises(
            survivor=self.kept,
            merged=self.gone,
            data=data,
            actor=self.admin,
            at=at or timezone.now(),
            submission=submission or uuid.uuid4(),
        )

    def undo(self, merge, at=None):
        return undo_merge(merge=merge, actor=self.admin, at=at or timezone.now(), reason="其实是两家")


TRACES = {"EnterpriseMerge", "MergedRow", "LogEntry", "Session"}


def dump():
    """Every row of every table of ours; versions only go up, and what tells of the merge itself remains."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        if model.__name__ not in TRACES:
            names = [field.attname for field in model._meta.concrete_fields if field.name != "version"]
            found[model._meta.label] = list(model._base_manager.order_by("pk").values_list(*names))
    return found


def test_everything_that_points_at_a_firm_is_declared():
    """A new relation fails here until somebody has said what a merge does with it."""
    assert {one.name for one in relations()} == set(RELATIONS)


def test_all_that_hangs_on_a_firm_goes_to_the_one_that_is_kept():
    two = Two()
    two.merge()
    for model in (ServiceActivity, ProblemEntry, SurveyForm):
        assert list(model.objects.values_list("enterprise", flat=True)) == [two.kept.pk] * 2
    assert two.kept.projects.count() == 2
    assert [list(case.enterprises.all()) for case in (two.case_of_both, two.case)] == [[two.kept]] * 2
    times = Pairing.objects.order_by("officer", "starts_on").values_list("pk", "enterprise", "starts_on", "ends_on")
    assert sorted(times) == sorted(
        [
            (two.early.pk, two.kept.pk, date(2023, 1, 1), date(2023, 12, 31)),
            (two.alone.pk, two.kept.pk, date(2023, 1, 1), None),
        ]
    )
    left = [relation.rows(two.gone).count() for relation in relations() if relation.how.name != "STAY"]
    assert left == [0] * len(left)
    assert list(Enterprise.objects.all()) == [two.kept]
    assert set(FormerName.objects.filter(enterprise=two.kept).values_list("name", "origin")) == {
        ("样例制盐厂", "typed"),
        ("样例盐业公司", "merged"),
    }


def test_chosen_values_are_taken_and_nothing_else():
    two = Two()
    Enterprise.objects.filter(pk=two.kept.pk).update(notes="新名录")
    merge = two.merge(taken={"name"}, both={"notes"})
    kept = Enterprise.objects.get()
    assert (kept.name, kept.address, kept.notes) == ("样例盐业公司", "样例路1号", "新名录\n旧名录")
    assert kept.name_key == "样例盐业公司"
    assert list(merge.names.values_list("name", flat=True)) == ["津市样例盐业有限公司"]


def test_the_code_of_the_merged_firm_can_be_taken_or_is_kept_to_find_it_by():
    two = Two()
    first, second = two.kept.uscc, EnterpriseFactory.build().uscc
    Enterprise.objects.filter(pk=two.gone.pk).update(uscc=second)
    merge = two.merge(taken={"uscc"})
    assert Enterprise.objects.get().uscc == second
    assert dict(merge.names.values_list("name", "uscc")) == {"津市样例盐业有限公司": first, "样例盐业公司": ""}
    two.undo(merge)
    assert dict(Enterprise.objects.values_list("pk", "uscc")) == {two.kept.pk: first, two.gone.pk: second}


@pytest.mark.parametrize("taken", [(), ("name", "uscc", "address", "notes", "is_active", "contact_phone")])
def test_a_merge_taken_back_leaves_every_table_as_it_was(taken):
    two = Two()
    if taken:
        Enterprise.objects.filter(pk=two.gone.pk).update(uscc=EnterpriseFactory.build().uscc, is_verified=True)
    before = dump()
    merge = two.merge(taken=taken)
    assert dump() != before
    two.undo(merge)
    assert dump() == before


def test_what_changed_since_stays_and_what_came_since_is_told():
    two = Two()
    merge = two.merge(taken={"notes"})
    elsewhere = EnterpriseFactory()
    moved = ServiceActivity.objects.order_by("pk").last()
    ServiceActivity.objects.filter(pk=moved.pk).update(enterprise=elsewhere)
    entry = ProblemEntry.objects.filter(enterprise=two.kept).order_by("pk").last()
    ProblemEntry.objects.filter(pk=entry.pk).update(title="改过的标题")
    Enterprise.objects.filter(pk=two.kept.pk).update(notes="后来又写的")
    Pairing.objects.filter(pk=two.early.pk).update(ends_on=date(2023, 11, 30))
    later = ActivityFactory(enterprise=two.kept, happened_on=DAY)
    told = two.undo(merge).undo_words
    assert ServiceActivity.objects.get(pk=moved.pk).enterprise == elsewhere
    stored = ProblemEntry.objects.get(pk=entry.pk)
    assert (stored.enterprise_id, stored.title) == (two.gone.pk, "改过的标题")
    assert Enterprise.objects.get(pk=two.kept.pk).notes == "后来又写的"
    assert ServiceActivity.objects.get(pk=later.pk).enterprise == two.kept
    spans = Pairing.objects.filter(officer=two.officer).order_by("starts_on").values_list("enterprise", "ends_on")
    assert list(spans) == [(two.kept.pk, date(2023, 11, 30)), (two.gone.pk, date(2023, 10, 1))]
    officer = two.officer.name
    assert told == [
        f"结对联系“{officer} — {two.kept}”合并以后改过，保持现在的样子",
        f"服务活动“{moved.get_kind_display()} 2023-05-08 {elsewhere}”合并以后改过，保持现在的样子",
        f"{officer}与“{two.kept}”的结对合并以后改过，原来分开的几段不再恢复",
        f"“{two.kept}”的备注合并以后改过，保持现在的内容",
        f"合并以后登记在“{two.kept}”名下的服务活动 1 条仍在那里，需要的请逐条改",
    ]


def test_the_same_form_sent_again_merges_once_and_an_old_page_is_refused():
    two, key = Two(), uuid.uuid4()
    stale = two.gone.version
    first = two.merge(submission=key)
    data = MergeData(frozenset(), (two.kept.version, stale), "同一张执照")
    told = {"actor": two.admin, "at": timezone.now()}
    again = merge_enterprises(survivor=two.kept, merged=two.gone, data=data, submission=key, **told)
    assert again == first
    with pytest.raises(RegisterError, match="刚刚已并入"):
        merge_enterprises(survivor=two.kept, merged=two.gone, data=data, submission=uuid.uuid4(), **told)
    third = EnterpriseFactory()
    with pytest.raises(StaleVersionError):
        merge_enterprises(survivor=two.kept, merged=third, data=data, submission=uuid.uuid4(), **told)
    two.undo(first)
    assert two.undo(first).undone_at == EnterpriseMerge.objects.get(pk=first.pk).undone_at


def test_what_cannot_be_taken_back_says_why():
    two, now = Two(), timezone.now()
    merge = two.merge(at=now - timedelta(days=31))
    cases = {"合并已满 30 天": lambda: two.undo(merge, at=now)}
    with pytest.raises(RegisterError, match="只有政法委办公室"):
        undo_merge(merge=merge, actor=UserFactory(coordinator=True), at=now, reason="x")
    for words, act in cases.items():
        with pytest.raises(RegisterError, match=words):
            act()
    EnterpriseMerge.objects.filter(pk=merge.pk).update(made_at=now)
    twin = EnterpriseFactory(name="样例盐业公司", uscc=None)
    with pytest.raises(RegisterError, match="又登记了一家"):
        two.undo(merge)
    twin.delete()
    above = EnterpriseFactory()
    data = MergeData(frozenset(), (above.version, Enterprise.objects.get(pk=two.kept.pk).version), "又是一家")
    later = merge_enterprises(survivor=above, merged=two.kept, data=data, actor=two.admin, at=now, submission=None)
    with pytest.raises(RegisterError, match="请先撤销那一次合并"):
        two.undo(merge)
    two.undo(later)
    two.undo(merge)
    assert Enterprise.objects.count() == 3


def test_records_that_changed_hands_have_new_versions_and_audit_rows():
    two = Two()
    entry = ProblemEntry.objects.get(enterprise=two.gone)
    merge = two.merge()
    moved = ProblemEntry.objects.get(pk=entry.pk)
    assert moved.version == entry.version + 1
    last = LogEntry.objects.get_for_object(moved).order_by("-pk").first()
    assert (last.changes, last.actor) == ({"enterprise": [str(two.gone.pk), str(two.kept.pk)]}, two.admin)
    two.undo(merge)
    last = LogEntry.objects.get_for_object(moved).order_by("-pk").first()
    assert last.changes == {"enterprise": [str(two.kept.pk), str(two.gone.pk)]}
    assert ProblemEntry.objects.get(pk=entry.pk).version == entry.version + 2


def test_only_the_office_merges_and_it_says_why():
    two = Two()
    data = MergeData(frozenset(), (two.kept.version, two.gone.version), " ")
    for actor, words in ((UserFactory(coordinator=True), "只有政法委办公室"), (two.admin, "请写明为什么是同一家")):
        with pytest.raises(RegisterError, match=words):
            merge_enterprises(
                survivor=two.kept, merged=two.gone, data=data, actor=actor, at=timezone.now(), submission=None
            )


def test_a_merge_costs_the_same_statements_however_much_hangs_on_the_firm():
    costs = []
    for more in (0, 3):
        two = Two(f"样例盐业{more}")
        for _ in range(more):
            ActivityFactory(enterprise=two.gone, happened_on=DAY)
            EntryFactory(enterprise=two.gone)
        with CaptureQueriesContext(connection) as caught:
            merge = two.merge()
        with CaptureQueriesContext(connection) as back:
            two.undo(merge)
        costs.append((len(caught), len(back)))
    assert costs[0] == costs[1]
