"""指标口径: every published figure with what it counts, its version and rounding, and its value with its records."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from django.urls import reverse

from accounts.models import User
from common.periods import Period
from common.sheets import Column
from common.text import clean
from reports.closing.state import reconciliation
from reports.days.rates import rates_on
from reports.figures import balance
from reports.figures.blank import NO_DATA, is_blank
from reports.figures.definitions import FIRST_WORDING, Indicator, Revision
from reports.figures.values import figures
from reports.records.lists import RATE_RULE, RATES

GROUPS = {
    "activities": "服务活动",
    "outputs": "活动成果",
    "confirmations": "问题化解",
    "recoveries": "挽回损失",
    "cases": "涉企案件",
    "park_security": "涉企案件",
    "recommendations": "检察建议和典型案例",
    "typical_cases": "检察建议和典型案例",
    "surveys": "走访覆盖",
    "enterprises_served": "走访覆盖",
    "projects_served": "走访覆盖",
    "pairings": "走访覆盖",
    "tasks": "工作方案",
}
RATE_GROUP, BALANCE_GROUP = "两率", "台账收支"
BALANCE = balance.COLUMNS


@dataclass(frozen=True)
class Entry:
    """One figure of the registry; `words` is its value as tables print it."""

    group: str
    code: str
    label: str
    definition: str
    unit_word: str
    rounding: str
    words: str
    url: str
    history: tuple[Revision, ...] = FIRST_WORDING
    sentence: str = ""

    @property
    def version(self) -> int:
        return len(self.history)

    @property
    def history_words(self) -> str:
        """“第 1 版（2023-01-01 起）初次公布”, newest first."""
        told = [f"第 {n} 版（{one.since} 起）{one.change}" for n, one in enumerate(self.history, 1)]
        return "；".join(reversed(told))

    def holds(self, words: str) -> bool:
        text = f"{self.label} {self.code} {self.definition} {self.group}".casefold()
        return all(word in text for word in words.casefold().split())


@dataclass(frozen=True)
class RegistryPage:
    period: Period
    words: str
    groups: dict[str, list[Entry]] = field(default_factory=dict)

    @property
    def entries(self) -> list[Entry]:
        return [entry for group in self.groups.values() for entry in group]


def registry_page(user: User, period: Period, words: str, today: date, now: datetime) -> RegistryPage:
    """All that is published, in groups, with the values this person is shown; `words` narrows it."""
    page = RegistryPage(period, clean(words))
    entries = [*indicator_entries(user, period, now), *rate_entries(user, period, today)]
    if is_blank(period, user, now=now):
        entries = [replace(one, words=NO_DATA) for one in entries]
    entries += balance_entries(user, period)
    for group in dict.fromkeys([*GROUPS.values(), RATE_GROUP, BALANCE_GROUP]):
        if found := [entry for entry in entries if entry.group == group and entry.holds(page.words)]:
            page.groups[group] = found
    return page


def indicator_entries(user: User, period: Period, now: datetime) -> Iterator[Entry]:
    for figure in figures(period, user, now=now):
        one = figure.indicator
        yield Entry(
            group=GROUPS[one.source.key],
            code=one.code,
            label=one.label,
            definition=one.definition,
            unit_word=one.unit_word,
            rounding=rounding_of(one),
            words=figure.exact,
            url=f"{reverse('reports:records', args=[one.code])}?period={period.code}",
            history=one.history,
        )


def rounding_of(one: Indicator) -> str:
    return f"表格到分；满一万元以万元计，{one.prose.rule}" if one.is_money else f"表格为准确值，{one.prose.rule}"


def rate_entries(user: User, period: Period, today: date) -> Iterator[Entry]:
    day = min(period.end, today)
    rates = rates_on(day, user).all
    for code, label in RATES.items():
        text = rates.resolution_text if code == "resolution_rate" else rates.completion_text
        done = rates.resolved if code == "resolution_rate" else rates.completed
        yield Entry(
            group=RATE_GROUP,
            code=code,
            label=label,
            definition=RATE_RULE,
            unit_word="%",
            rounding="舍到一位小数，不进位；与目标比较用整数",
            words=f"{text}（{done} / {rates.total} 件）",
            url=f"{reverse('reports:records', args=[code])}?period={period.code}",
        )


def balance_entries(user: User, period: Period) -> Iterator[Entry]:
    found = reconciliation(period, user).all
    for code in BALANCE:
        yield Entry(
            group=BALANCE_GROUP,
            code=code,
            label=balance.LABELS[code],
            definition=balance.MEANINGS[code],
            unit_word="件",
            rounding="准确值",
            words=f"{found.number(code)}件",
            url="",
            sentence=found.sentence,
        )


SHEET = [
    Column("类别", lambda one: one.group, 18),
    Column("指标", lambda one: one.label, 26),
    Column("口径", lambda one: one.definition, 60),
    Column("计量单位", lambda one: one.unit_word, 10),
    Column("取整", lambda one: one.rounding, 34),
    Column("版本", lambda one: one.version, 8),
    Column("沿革", lambda one: one.history_words, 34),
    Column("数值", lambda one: one.words, 22),
]
