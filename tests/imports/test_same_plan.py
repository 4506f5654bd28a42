"""Preview and write decide from the same facts: the same rows come to the same in one part and in many, and are written
without a clash."""

import random
import sys
from datetime import date

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from cases.models import LegalCase, ProcuratorialRecommendation
from common.text import name_key
from enterprises.models import Enterprise, KeyProject, Pairing
from imports.models import RowOutcome
from imports.planned.plan import Plan
from imports.plans.pipeline import settle
from imports.tables.adjust import NEW, Adjustments
from imports.tables.table import SourceRow, Table
from imports.writing.apply import Writing
from ledger.models import ServiceActivity, SurveyForm
from tests.factories import CaseFactory, EnterpriseFactory, KeyProjectFactory, RecommendationFactory, UserFactory
from tests.factories.enterprises import uscc

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 30)
NAMES = [
    "津市天地通物流有限公司", "天地通物流有限公司", "津市天地通物流有限责任公司", "津市天地同物流有限公司",
    "津市甲厂", "津市市甲厂", "津市乙厂", "丙项目", "津市丁商行",
]  # fmt: skip
CODES = ["", "", "", uscc(5), uscc(6), uscc(7)]
PEOPLE = ["", "干警9001", "干警9002", "无名氏"]
UNITS = ["市公安局", "市人民法院"]
DAYS = ["2023-05-01", "2023-05-02", "2023-06-01"]
MADE = {
    "enterprises": Enterprise, "surveys": SurveyForm, "activities": ServiceActivity, "cases": LegalCase,
    "pairings": Pairing, "projects": KeyProject, "roster": User,
    "recommendations": ProcuratorialRecommendation,
}  # fmt: skip
CELLS = {
    "enterprises": {"name": NAMES, "uscc": CODES, "address": ["", "一路", "二路"], "capital": ["", "50", "60万元"]},
    "surveys": {
        "name": NAMES, "uscc": CODES, "unit": UNITS, "visited_on": [*DAYS, "2023-13-01"],
        "appeal": ["无", "1、路灯；2、道路", "欠款"],
        "amount": ["", "5"], "officer": PEOPLE,
    },
    "activities": {
        "happened_on": DAYS, "kind_of": ["走访企业", "驻点坐班", "普法宣传", "领导调研督导"], "unit": UNITS,
        "officer": PEOPLE, "target": [*NAMES, ""], "quantity": ["", "0", "2"], "led_by": ["", "某领导"],
    },
    "cases": {
        "number": [f"（2023）湘0781民初{n}号" for n in range(5)] + ["长" * 59 + "甲", "长" * 59 + "乙"],
        "kind_of": ["盗窃", "买卖合同纠纷"], "unit": UNITS, "parties": [*NAMES, "、".join(NAMES[2:4])],
        "filed_on": DAYS, "closed_on": ["", "2023-05-02"], "recovered": ["", "5"], "recommendations": ["", "1"],
        "result": ["", "破获"],
    },
    "pairings": {
        "officer": PEOPLE[1:3], "target": NAMES, "starts_on": DAYS, "ends_on": ["", "2023-07-01"], "notes": ["", "因"],
        "uscc": ["", "", uscc(5)],
    },
    "projects": {
        "name": ["丙项目", "丁项目", "戊项目", "己项目"], "builder": [*NAMES, ""], "investment": ["", "5"],
        "number": ["", "A1", "A2", "A3"], "due_on": ["", "2023-06-01"], "started_on": ["", "2023-05-01", "2023-07-01"],
    },
    "recommendations": {
        "number": ["津检建〔2023〕1号", "津检建(2023)1号", "津检建〔2023〕2号", "甲-建议1"],
        "case": ["", "案号甲", "案号乙"],
        "unit": UNITS, "issued_on": DAYS, "replied_on": ["", "2023-05-02"], "is_adopted": ["", "已采纳"],
    },
    "roster": {
        "username": [f"ZF9{n:03d}" for n in range(4)], "name": PEOPLE[1:3], "unit": ["市委政法委", *UNITS],
        "role": ["派驻干部", "领导", "管理员"], "work_group": ["", "新组", "新组二"],
    },
}  # fmt: skip


def plan(kind, dice, is_answered):
    table = Table("表", {}, {})
    for at in range(12):
        cells = {name: dice.choice(words) for name, words in CELLS[kind].items()}
        table.rows.append(SourceRow("表", at + 2, cells, {}))
    choice = {"to": NEW, "all": True, "by": "某人", "at": "2026-11-30T00:00:00", "sheet": "表", "row_no": 2}
    shared = {name_key(name): choice | {"name": name} for name in NAMES if is_answered}
    return Plan(kind, tables=[table], adjustments=Adjustments(shared=shared))


def store(dice, police):
    for name in dice.sample(NAMES[:6], dice.randrange(4)):
        EnterpriseFactory(name=name, uscc=dice.choice([None, uscc(7 + NAMES.index(name))]))
    for name, number in zip(dice.sample(CELLS["projects"]["name"], 2), ("A1", "A2"), strict=True):
        KeyProjectFactory(name=name, number=number)
    number = dice.choice(CELLS["cases"]["number"])
    CaseFactory(number=number, unit=police, filed_on=date(2023, 5, 1), kind="theft")
    told_only = CaseFactory(number="案号甲", unit=police, filed_on=date(2023, 5, 1), kind="public_interest")
    RecommendationFactory(number="甲-建议1", case=told_only, unit=police, issued_on=date(2023, 5, 1))
    UserFactory(username="ZF9000", name="干警9001", unit=police, role=dice.choice(["admin", "staff"]))


def told(row):
    return [*row.told, row.choices]


@pytest.mark.parametrize("kind", CELLS)
def test_the_same_rows_come_to_the_same_in_parts_and_are_written_without_a_clash(kind, police, court):
    UserFactory(username="ZF9001", name="干警9002", unit=court)
    seen = set()
    for seed in range(14):
        with transaction.atomic():
            store(random.Random(seed), police)
            (whole,) = settle(plan(kind, random.Random(seed), seed % 2), today=TODAY, size=sys.maxsize)
            wanted, before = [told(row) for row in whole.rows], MADE[kind].objects.count()
            writing, found = Writing(actor=None, batch=None, at=timezone.now()), []
            for part in settle(plan(kind, random.Random(seed), seed % 2), today=TODAY, size=1 + seed % 4):
                found += [told(row) for row in part.rows]
                writing.take(part)
            assert found == wanted, seed
            assert part.tally.told.digest() == whole.tally.told.digest(), seed
            writing.carry_out()
            assert MADE[kind].objects.count() - before >= whole.tally.outcomes[RowOutcome.CREATE], seed
            seen |= whole.tally.outcomes.keys()
            transaction.set_rollback(True)
    assert {RowOutcome.CREATE, RowOutcome.ERROR} <= seen  # the dice reach both
