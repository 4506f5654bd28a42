"""指标口径: every published figure with what it counts, its version and rounding, and its value with its records."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from accounts.models import User
from common.books.sheets import Column
from common.periods import Period, local_date
from common.text import clean, name_key
from reports.closing.reconciliation import reconciliation
from reports.days.populations import Population
from reports.days.stored_rates import rates_known
from reports.figures import balance
from reports.figures.blank import NO_DATA, is_blank
from reports.figures.registry.definitions import Indicator, Revision
from reports.figures.registry.revisions import FIRST
from reports.figures.sequels import BESIDE, sequels
from reports.figures.values import figures
from reports.records.addresses import records_url, sequel_links
from reports.records.lists import RATE_RULE, RATES

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
    history: tuple[Revision, ...] = FIRST
    sentence: str = ""
    remark: str = ""
    sequels: list[tuple[str, str]] = field(default_factory=list)  # what became of what is counted, and its records

    @property
    def remarks(self) -> str:
        return "；".join(filter(None, [self.remark, *(words for words, _ in self.sequels)]))

    @property
    def version(self) -> int:
        return len(self.history)

    @property
    def history_words(self) -> str:
        """“第 1 版（2023-01-01 起）初次公布”, newest first."""
        told = [f"第 {n} 版（{one.since} 起）{one.change}" for n, one in enumerate(self.history, 1)]
        return "；".join(reversed(told))

    def holds(self, words: str) -> bool:
        text = "|".join(name_key(part) for part in (self.label, self.code, self.definition, self.group))
        return all(name_key(word) in text for word in words.split())


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
    entries = [*indicator_entries(user, period, now), *rate_entries(user, period, now)]
    if is_blank(period, user, now=now):
        entries = [replace(one, words=NO_DATA) for one in entries]
    entries += balance_entries(user, period)
    for group in dict.fromkeys(entry.group for entry in entries):
        if found := [entry for entry in entries if entry.group == group and entry.holds(page.words)]:
            page.groups[group] = found
    return page


def indicator_entries(user: User, period: Period, now: datetime) -> Iterator[Entry]:
    after = sequel_links(sequels(period, user), period)
    for figure in figures(period, user, now=now):
        one = figure.indicator
        yield Entry(
            group=one.source.group,
            code=one.code,
            label=one.label,
            definition=one.definition,
            unit_word=one.unit_word,
            rounding=rounding_of(one),
            words=figure.exact,
            url=records_url(one.code, period),
            history=one.history,
            remark=figure.remark,
            sequels=after if one is BESIDE else [],
        )


def rounding_of(one: Indicator) -> str:
    return f"表格到分；满一万元以万元计，{one.prose.rule}" if one.is_money else f"表格为准确值，{one.prose.rule}"


def rate_entries(user: User, period: Period, now: datetime) -> Iterator[Entry]:
    table, _ = rates_known(user, min(period.end, local_date(now)), now)
    for population in Population:
        rates = table.over(population).all
        for code, label in RATES.items():
            text = rates.resolution_text if code == "resolution_rate" else rates.completion_text
            done = rates.resolved if code == "resolution_rate" else rates.completed
            yield Entry(
                group=RATE_GROUP,
                code=code,
                label=f"{population.label}{label}",
                definition=f"{population.meaning}。{RATE_RULE}",
                unit_word="%",
                rounding="舍到一位小数，不进位；与目标比较用整数",
                words=f"{text}（{done} / {rates.total} 件）",
                url=records_url(code, period, of=population),
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
    Column("备注", lambda one: one.remarks, 34),
]
