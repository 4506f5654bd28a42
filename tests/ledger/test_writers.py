"""Every service that writes a versioned record: of two who opened the same version one saves, the other is told.

Tried one after the other and at one moment, on whichever database the suite runs; with the check of versions taken
away both save, so that we know the race is there.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from importlib import import_module
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import models, transaction
from django.utils import timezone

from accounts.models import User
from cases import services as cases
from cases.models import Campaign, LegalCase, ProcuratorialRecommendation, TypicalCase
from common.forms.conflicts import StaleVersionError
from enterprises.models import Enterprise, KeyProject
from enterprises.services.register import update_enterprise, update_project
from ledger.models import (
    KeyTask,
    LadderStep,
    MoneyRule,
    ProblemEntry,
    RecheckRule,
    Recovery,
    Robot,
    SavedView,
    ServiceActivity,
    SurveyForm,
)
from ledger.moves.data import MoveData
from ledger.services.activities import ActivityData, delete_activity, update_activity
from ledger.services.checking.rechecks import change_rule
from ledger.services.entries import bulk
from ledger.services.entries.moving import advance_entry
from ledger.services.entries.registering import correct_entry
from ledger.services.errors import ChangedMeanwhileError, EditConflictError, MoveConflictError
from ledger.services.messages.robots import save_robot
from ledger.services.money.recoveries import RecoveryData, delete_recovery, record_recovery, update_recovery
from ledger.services.money.rule import change_money_rule
from ledger.services.plans import report_progress
from ledger.services.saved_views import change_view, delete_view
from ledger.services.supervising.ladder_steps import save_step
from ledger.services.surveys import SurveyData, update_survey
from ledger.services.surveys.typed import COLUMNS
from ledger.states import Action, EntryState
from tests.access import entries
from tests.factories import (
    ActivityFactory,
    CampaignFactory,
    CaseFactory,
    EnterpriseFactory,
    EntryFactory,
    KeyProjectFactory,
    RecommendationFactory,
    RecoveryFactory,
    SurveyFormFactory,
    TypicalCaseFactory,
    UserFactory,
)
from tests.ledger.test_races import together
from tests.test_simultaneous_edits import task, view

TOLD = (StaleVersionError, EditConflictError, MoveConflictError, ChangedMeanwhileError)
DAY, TODAY = date(2023, 5, 20), date(2023, 6, 1)
EVE = timezone.localdate() - timedelta(days=1)
Save = Callable[[Any, User, str], Any]


@dataclass(frozen=True)
class Writer:
    """A service: the record it writes, the call by somebody who saw it at its first version and types these words."""

    make: Callable[[User], models.Model]
    save: Save


def typed(record: models.Model, *names: str, **more: Any) -> dict[str, Any]:
    return {name: getattr(record, name) for name in names} | more


def case_words(case: Any, by: User, words: str) -> Any:
    names = ("number", "kind", "unit", "workstream", "campaign", "state", "result", "filed_on", "closed_on")
    data = typed(case, *names, title=words, enterprises=[])
    return cases.edit_case(case=case, by=by, today=TODAY, data=data, version=1)


def recommendation_words(one: Any, by: User, words: str) -> Any:
    data = typed(one, "number", "unit", "issued_on", subject=words)
    return cases.save_recommendation(pk=one.pk, by=by, today=TODAY, data=data, version=1)


def typical_words(one: Any, by: User, words: str) -> Any:
    data = typed(one, "unit", "published_on", title=words)
    return cases.save_typical_case(pk=one.pk, by=by, today=TODAY, data=data, version=1)


def firm_words(firm: Any, by: User, words: str) -> Any:
    firm.address = words
    return update_enterprise(enterprise=firm, version=1, today=TODAY, by=by)


def project_words(project: Any, by: User, words: str) -> Any:
    project.notes = words
    return update_project(project=project, version=1)


def money_words(money: Any, by: User, words: str) -> Any:
    data = RecoveryData("recovered", Decimal(5), words, DAY)
    return update_recovery(recovery=money, actor=by, at=timezone.now(), data=data, version=1)


def activity_words(activity: Any, by: User, words: str) -> Any:
    data = ActivityData(typed(activity, "kind", "happened_on", "times", "enterprise", summary=words))
    return update_activity(activity=activity, actor=by, at=timezone.now(), data=data, version=1)


def entry_words(entry: Any, by: User, words: str) -> Any:
    return correct_entry(entry=entry, actor=by, at=timezone.now(), version=1, fields={"content": words})


def step(entry: Any, by: User, words: str) -> Any:
    data = MoveData(note=words)
    return advance_entry(entry=entry, action=Action.REJECT, actor=by, at=timezone.now(), data=data, seen=1)


def robot_words(robot: Any, by: User, words: str) -> Any:
    names = ("kind", "unit", "is_active")
    data = typed(robot, *names, name=words, new_url="", new_secret="", forget_secret=False)
    return save_robot(pk=robot.pk, data=data, version=1)


def survey_words(form: Any, by: User, words: str) -> Any:
    columns = {name: getattr(form, name) for name in COLUMNS} | {"suggestion": words}
    return update_survey(form=form, actor=by, at=timezone.now(), data=SurveyData(columns), version=1)


WRITERS: dict[str, Writer] = {
    "case": Writer(lambda admin: CaseFactory(), case_words),
    "recommendation": Writer(lambda admin: RecommendationFactory(), recommendation_words),
    "typical case": Writer(lambda admin: TypicalCaseFactory(), typical_words),
    "campaign": Writer(
        lambda admin: CampaignFactory(),
        lambda one, by, words: cases.save_campaign(pk=one.pk, data=typed(one, "starts_on", name=words), version=1),
    ),
    "enterprise": Writer(lambda admin: EnterpriseFactory(), firm_words),
    "project": Writer(lambda admin: KeyProjectFactory(), project_words),
    "entry": Writer(lambda admin: EntryFactory(), entry_words),
    "move of an entry": Writer(lambda admin: EntryFactory(), step),
    "activity": Writer(lambda admin: ActivityFactory(), activity_words),
    "money": Writer(lambda admin: RecoveryFactory(), money_words),
    "key task": Writer(
        task, lambda one, by, words: report_progress(task=one, actor=by, progress=5, note=words, version=1)
    ),
    "view": Writer(view, lambda one, by, words: change_view(view=one, actor=by, version=1, name=words, audience="all")),
    "robot": Writer(lambda admin: Robot.objects.get(**entries.robot(admin.unit)), robot_words),
    "step of the ladder": Writer(
        lambda admin: LadderStep.objects.create(after_days=40, to_office=True),
        lambda one, by, words: save_step(pk=one.pk, data={"answer_days": len(words)}, version=1),
    ),
    "share of re-checks": Writer(
        lambda admin: RecheckRule.objects.get_or_create(pk=1)[0],
        lambda one, by, words: change_rule(version=1, percent=len(words)),
    ),
    "survey form": Writer(lambda admin: SurveyFormFactory(unit=admin.unit, satisfaction="satisfied"), survey_words),
    "amounts asked about": Writer(
        lambda admin: MoneyRule.objects.get_or_create(pk=1)[0],
        lambda one, by, words: change_money_rule(version=1, ask_from=Decimal(20_000 + len(words))),
    ),
}
MODELS = {
    *(LegalCase, ProcuratorialRecommendation, TypicalCase, Campaign, Enterprise, KeyProject, ProblemEntry),
    *(ServiceActivity, Recovery, KeyTask, SavedView, Robot, LadderStep, RecheckRule, MoneyRule, SurveyForm),
}
DELETIONS: dict[str, Save] = {
    "activity": lambda one, by, words: delete_activity(activity=one, actor=by, version=1),
    "money": lambda one, by, words: delete_recovery(recovery=one, actor=by, version=1),
    "view": lambda one, by, words: delete_view(view=one, actor=by, version=1),
}


def fresh(record: Any) -> Any:
    """As a page of one's own has loaded it."""
    return type(record)._base_manager.get(pk=record.pk)


def outcome(save: Save, record: Any, by: User, words: str) -> str:
    try:
        save(record, by, words)
    except TOLD:
        return "told"
    return "saved"


@pytest.mark.django_db
def test_every_versioned_record_is_in_the_table():
    ours = {model for app in ("cases", "enterprises", "ledger") for model in apps.get_app_config(app).get_models()}
    assert {one for one in ours if hasattr(one, "version") and not one._meta.get_field("version").is_relation} == MODELS


@pytest.mark.django_db
@pytest.mark.parametrize("name", WRITERS)
def test_who_comes_second_is_told_and_the_version_grows_by_one(admin, name):
    writer = WRITERS[name]
    record = writer.make(admin)
    first, second = fresh(record), fresh(record)
    assert record.version == first.version == 1
    assert [outcome(writer.save, one, admin, words) for one, words in ((first, "先"), (second, "后来的"))] == [
        "saved",
        "told",
    ]
    stored = fresh(record)
    assert stored.version == 2
    assert "后来的" not in [str(value) for value in vars(stored).values()]
    if name in DELETIONS:
        assert outcome(DELETIONS[name], second, admin, "") == "told"
        assert type(record).objects.filter(pk=record.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_at_one_moment_one_saves(admin):
    for name, writer in WRITERS.items():
        assert sorted(race(writer, admin)) == ["saved", "told"], name


def race(writer: Writer, admin: User) -> list[Any]:
    record = writer.make(admin)
    mine = [fresh(record) for _ in range(2)]

    def work(number: int, barrier: Barrier) -> str:
        barrier.wait()
        return outcome(writer.save, mine[number], admin, ("先", "后来的")[number])

    return together(2, work)


CHECKED = ("cases.services.cases", "cases.services.writing", "enterprises.services.register",
           "ledger.services.activities.changing", "ledger.services.money.recoveries")  # fmt: skip


@contextmanager
def no_check_of_versions() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in CHECKED:
            patch.setattr(import_module(name), "save_version", lambda record, version: record.save())
        yield


@pytest.mark.django_db(transaction=True)
def test_without_the_check_of_versions_both_would_have_saved(admin):
    with no_check_of_versions():
        for name in ("case", "recommendation", "enterprise", "activity", "money"):
            assert race(WRITERS[name], admin) == ["saved", "saved"], name


def case_moves(case: Any, by: User, unit: Any) -> Any:
    names = ("number", "title", "kind", "workstream", "campaign", "state", "result", "filed_on", "closed_on")
    data = typed(case, *names, unit=unit, enterprises=[])
    return cases.edit_case(case=case, by=by, today=TODAY, data=data, version=case.version)


@pytest.mark.django_db(transaction=True)
def test_money_goes_along_with_its_case_and_a_colleagues_amount_stays(admin, police, court):
    """An amount changed, and another recorded, while the case goes to another unit and back."""
    case = CaseFactory(unit=police)
    money = RecoveryFactory(case=case, created_by=admin)
    for turn in range(6):
        amount = Decimal(100 + turn)

        def work(number: int, barrier: Barrier, turn: int = turn, amount: Decimal = amount) -> Any:
            mine, held = fresh(case), fresh(money)
            data = RecoveryData("recovered", amount, "判决书", DAY, is_other_money=True)
            barrier.wait()
            if number == 0:
                return case_moves(mine, admin, (court, police)[turn % 2])
            if number == 1:
                return record_recovery(actor=admin, at=timezone.now(), subject=mine, data=data)
            return outcome_of_amount(held, admin, data)

        told = together(3, work)
        assert not [one for one in told if isinstance(one, Exception)], told
        unit = fresh(case).unit_id
        assert set(Recovery.objects.values_list("unit", flat=True)) == {unit}
        if "saved" in told:
            assert fresh(money).amount == amount


def outcome_of_amount(money: Any, by: User, data: RecoveryData) -> str:
    try:
        update_recovery(recovery=money, actor=by, at=timezone.now(), data=data, version=money.version)
    except StaleVersionError:
        return "told"
    return "saved"


@pytest.mark.django_db(transaction=True)
def test_written_back_whole_the_amount_would_have_been_lost(admin):
    money = RecoveryFactory(amount=Decimal(1), created_by=admin)
    read = Barrier(2, timeout=30)

    def work(number: int, barrier: Barrier) -> None:
        loaded = fresh(money)
        read.wait()
        if number == 0:
            Recovery.objects.filter(pk=money.pk).update(amount=Decimal(99999))
            barrier.wait()
            return
        barrier.wait()
        with transaction.atomic():
            loaded.workstream_id = None
            loaded.save()

    together(2, work)
    assert fresh(money).amount == Decimal(1)


@pytest.mark.django_db(transaction=True)
def test_two_batches_of_the_same_entries_in_opposite_order_both_end(police):
    clerks = [UserFactory(unit=police, coordinator=True, city=True) for _ in range(2)]
    for _ in range(4):
        pks = [EntryFactory(unit=police, state=EntryState.ACCEPTED, registered_on=EVE).pk for _ in "123"]

        def work(number: int, barrier: Barrier, pks: list[int] = pks) -> list[bool]:
            rows = [ProblemEntry.objects.get(pk=pk) for pk in pks[:: (1, -1)[number]]]
            typed = {"actor": clerks[number], "at": timezone.now()}
            barrier.wait()
            made = bulk.run("assign", rows, **typed, typed=bulk.Typed(MoveData(lead_unit=police)), submission=uuid4())
            assert [line["entry"] for line in made.lines] == [row.pk for row in rows]
            return [line["done"] for line in made.lines]

        done = together(2, work)
        assert sorted(map(tuple, done)) == [(False,) * 3, (True,) * 3], done
