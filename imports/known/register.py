"""What the database knows, as dictionaries: taken in a few queries before planning, so that planning touches none."""

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Max, Sum

from accounts.models import Unit, User, WorkGroup
from cases.models import Campaign, LegalCase, ProcuratorialRecommendation
from common.text import half_width, name_key
from enterprises.models import Enterprise, FormerName, Industry, KeyProject, Pairing, Workstream
from imports.errors import CellError, RowError
from imports.known.near import find_near
from imports.known.unique import Holders
from imports.known.units import meant_unit
from imports.tables.table import SourceRow
from ledger.closed.books import Books, Fact, Facts, closed_books
from ledger.closed.facts import Hanging, facts_of
from ledger.models import ActivityOutput, ClosedPeriod, ProblemCategory, Recovery, ServiceActivity, SurveyForm

CHUNK = 900
ANEW = "不能再导入这一期的记录；确需补录的，在预览页写明补录原因"
CHANGED = "这一行会动到当时的数字，不能导入；确需更正的，在预览页写明补录原因"


def case_key(number: str) -> str:
    """Spellings of one 案号: brackets, blanks and width set aside."""
    return "".join(half_width(number).translate(str.maketrans("〔〕[]【】", "()()()")).split()).casefold()


def pairing_key(officer_id: int, target: Enterprise | KeyProject) -> tuple[int, str, int]:
    """Who serves whom, whatever the days."""
    return officer_id, str(target._meta.model_name), target.pk


@dataclass
class Register:
    units: dict[str, Unit] = field(default_factory=dict)
    workstreams: dict[str, Workstream] = field(default_factory=dict)
    industries: dict[str, Industry] = field(default_factory=dict)
    categories: dict[str, ProblemCategory] = field(default_factory=dict)
    work_groups: dict[str, WorkGroup] = field(default_factory=dict)
    group_matters: dict[int, Workstream] = field(default_factory=dict)  # work group → the matter it serves
    campaigns: dict[str, Campaign] = field(default_factory=dict)
    forms: dict[int, SurveyForm] = field(default_factory=dict)
    activities: dict[int, ServiceActivity] = field(default_factory=dict)
    outputs: dict[tuple[int, str], ActivityOutput] = field(default_factory=dict)
    with_money: set[int] = field(default_factory=set)  # activities that money recovered is tied to
    users: dict[str, User] = field(default_factory=dict)
    number_widths: set[int] = field(default_factory=set)  # of the staff numbers that begin with zeros
    people: dict[str, list[User]] = field(default_factory=lambda: defaultdict(list))
    by_code: dict[str, Enterprise] = field(default_factory=dict)
    by_name: dict[str, list[Enterprise]] = field(default_factory=lambda: defaultdict(list))
    once: dict[str, Enterprise] = field(default_factory=dict)  # former name's key or former code → the firm now
    projects: dict[str, KeyProject] = field(default_factory=dict)
    near_projects: Any = None  # all stored projects by what their names come near (`known.near_projects`)
    cases: dict[str, LegalCase] = field(default_factory=dict)
    recoveries: dict[tuple[int, str], Any] = field(default_factory=dict)
    linked: set[int] = field(default_factory=set)  # cases that problems are resolved through
    recommended: Counter[int | None] = field(default_factory=Counter)  # case → how many recommendations it has
    pairings: dict[tuple[int, str, int], list[Pairing]] = field(default_factory=lambda: defaultdict(list))
    partly_told: dict[str, tuple[Any, ...]] = field(default_factory=dict)  # print of an activity → what it leaves out
    fingerprints: set[str] = field(default_factory=set)
    made_up: dict[int | None, list[Any]] = field(default_factory=lambda: defaultdict(list))  # case → without own number
    own: dict[Any, Any] = field(default_factory=dict)  # stored records of the kind at hand, by a key of its resource
    form_days: dict[int, list[tuple[date, int]]] = field(default_factory=lambda: defaultdict(list))  # by enterprise
    forms_on: dict[tuple[int, date], list[SurveyForm]] = field(default_factory=dict)  # by enterprise and day
    edited: dict[int, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))  # form → field → by whom
    by_pk: dict[int, Enterprise] = field(default_factory=dict)
    near: dict[str, list[Enterprise]] = field(default_factory=dict)  # name key → stored ones of nearly that name
    shared: dict[str, dict[str, Any]] = field(default_factory=dict)  # name key → choice for every row of that name
    chosen: set[int] = field(default_factory=set)  # enterprises that names were matched to by hand
    books: Books = field(default_factory=Books)  # the closed half-years
    hanging: Hanging = field(default_factory=Hanging)  # what hangs on stored records that rows may change
    reason: str = ""  # why rows of closed periods are brought in all the same; empty: they are refused
    today: date = date.max  # the day of the import
    numbers: Holders = field(default_factory=lambda: Holders("编号"))  # of the one column of the kind that is unique
    bare: dict[str, Enterprise] = field(default_factory=dict)  # name key → the one this file made without a code
    cores: dict[str, tuple[str, bool]] = field(default_factory=dict)  # of new names → where, and with a code or not
    told_by: dict[int, str] = field(default_factory=dict)  # id() of an enterprise → key of the row that tells of it
    seen: dict[str, tuple[str, Any]] = field(default_factory=dict)  # key → where in this file, and what it said

    def one(self, table: str, words: str, label: str) -> Any:
        """The record of a small register that the words name; None when blank.

        Raises:
            CellError: nothing of that name; the message lists what there is.
        """
        if not words:
            return None
        known: dict[str, Any] = getattr(self, table)
        key = name_key(words)
        found = known.get(key) or known.get(key.removeprefix("津市")) or known.get(key.removesuffix("指挥部"))
        if found is None and table == "units":
            found = meant_unit(words, known.values())
        if found is None:
            names = "、".join(names_of(known.values()))
            raise CellError(f"{label}“{words[:30]}”不在系统里，可填：{names[:200]}")
        return found

    def enterprise(self, code: str | None, name: str) -> Enterprise | None:
        """Matched by credit code, else by name; a name whose enterprise has another code is another enterprise."""
        if code and code in self.by_code:
            return self.by_code[code]
        found = self.by_name.get(name_key(name), []) if name else []
        if code:
            found = [enterprise for enterprise in found if not enterprise.uscc]
        return found[0] if len(found) == 1 else None

    def is_stored(self, enterprise: Enterprise) -> bool:
        """Whether it was there before this file. One that a row makes gets its id when its part is written: an id says
        nothing of that."""
        return enterprise.pk in self.by_pk

    def choice(self, source: SourceRow, key: str) -> dict[str, Any] | None:
        """What an admin chose for a name on this row, or for all rows of that name."""
        own = source.adjusted.matches.get(key) if source.adjusted else None
        return own or self.shared.get(key)

    def add_code(self, enterprise: Enterprise) -> None:
        """A row has brought the code that an enterprise lacked: later rows of that code mean it."""
        if enterprise.uscc:
            self.by_code[enterprise.uscc] = enterprise

    def add_enterprise(self, enterprise: Enterprise) -> None:
        if enterprise.uscc:
            self.by_code[enterprise.uscc] = enterprise
        elif not self.is_stored(enterprise):
            self.bare[enterprise.name_key] = enterprise
        self.by_name[enterprise.name_key].append(enterprise)

    def know_former(self, once: dict[str, Enterprise]) -> None:
        """A code is nobody's name, nor a name a code: both may stand in either table."""
        self.once = once
        for word, enterprise in once.items():
            self.by_code.setdefault(word, enterprise)
            self.by_name[word].append(enterprise)

    def learn_pairings(self, pairings: Iterable[Pairing]) -> None:
        for pairing in pairings:
            target = pairing.enterprise or pairing.project
            if target:
                self.pairings[pairing_key(pairing.officer_id, target)].append(pairing)

    def facts(self, record: Any) -> Facts:
        """What closed periods count of a stored record as it is in memory, with what hangs on it."""
        return facts_of(record, self.hanging, self.books)

    def check_day(self, row: Any, name: str, *days: date | None) -> None:
        """Something new on a day that closed periods count is refused, unless a reason was given for the file.

        Raises:
            RowError: with the periods' names.
        """
        self.touch(row, name, (fact for day in days for fact in self.books.on(day, None)), ANEW)

    def check_ends(self, row: Any, name: str, first: date, last: date | None = None) -> None:
        """The same of what counts on the last day of every closed period that ended in these days, or ever since.

        Raises:
            RowError: with the periods' names.
        """
        self.touch(row, name, self.books.at_end(first, last, None), ANEW)

    def check(self, row: Any, name: str, before: Facts, after: Facts) -> None:
        """The same of a stored record that the row changes: what closed periods count of it before and after.

        Raises:
            RowError: with the periods' names.
        """
        self.touch(row, name, before ^ after, CHANGED)

    def touch(self, row: Any, name: str, moved: Iterable[Fact], refusal: str) -> None:
        labels = {one.code: one.label for one in self.books.touched(moved) if one.code not in row.closed}
        if not labels:
            return
        row.closed |= labels.keys()
        names = "、".join(labels.values())
        if not self.reason:
            raise RowError(name, f"{names}已结账，{refusal}")
        row.notes.append(f"{names}已结账，作为更正补录：{self.reason}")

    def first_time(self, key: str, where: str, content: Any) -> str:
        """Remembers a key of this file. A second row with it: "same" or "different" content; "" for the first."""
        # A hundred thousand whole rows would fill the memory.
        mark = hash(tuple(content.items()) if isinstance(content, dict) else content)
        if key not in self.seen:
            self.seen[key] = (where, mark)
            return ""
        return "same" if self.seen[key][1] == mark else "different"


def names_of(records: Iterable[Any]) -> list[str]:
    """What may be written in a cell: the names of the records in use."""
    return list(dict.fromkeys(str(record) for record in records if getattr(record, "is_active", True)))


def chunks(keys: Iterable[Any]) -> Iterator[list[Any]]:
    ordered = sorted(set(keys))
    for start in range(0, len(ordered), CHUNK):
        yield ordered[start : start + CHUNK]


def take_small_tables(kind: str) -> Register:
    """The short lists that cells of a kind name: units, big matters, industries, categories, campaigns, work groups."""
    register = Register()
    units = sorted(Unit.objects.all(), key=lambda unit: unit.is_active)  # of one name, the one in use counts
    register.units = {name_key(unit.short_name): unit for unit in units if unit.short_name}
    register.units |= {name_key(unit.name): unit for unit in units}
    register.workstreams = {name_key(row.name): row for row in Workstream.objects.all()}
    register.industries = {name_key(row.name): row for row in Industry.objects.all()}
    register.categories = {name_key(row.name): row for row in ProblemCategory.objects.all()}
    register.work_groups = {name_key(row.name): row for row in WorkGroup.objects.all()}
    if kind in ("activities", "cases"):
        register.campaigns = {name_key(row.name): row for row in Campaign.objects.all()}
    return register


def take_register(kind: str, keys: dict[str, Any]) -> Register:
    """Loads what rows of any kind may refer to; what is a kind's own its resource takes (`ImportResource.take`).

    `keys`: the `codes` and `names` that the file mentions; `unsure`, its names without a code as written, by key;
    `chosen`, the enterprises that names were matched to by hand.
    """
    register = take_small_tables(kind)
    register.books = closed_books()
    for user in User.objects.select_related("unit", "work_group"):
        register.users[user.username.upper()] = user
        register.people[name_key(user.name)].append(user)
    take_enterprises(register, keys)
    return register


def take_enterprises(register: Register, keys: dict[str, Any]) -> None:
    found: dict[int, Enterprise] = {}
    stored = Enterprise.objects.select_related("workstream", "industry")
    for codes in chunks(keys["codes"]):
        found |= {row.pk: row for row in stored.filter(uscc__in=codes)}
    for names in chunks(keys["names"]):
        found |= {row.pk: row for row in stored.filter(name_key__in=names) if row.pk not in found}
    known = {row.name_key for row in found.values()}
    near = find_near({key: name for key, name in keys.get("unsure", {}).items() if key not in known})
    register.chosen = keys.get("chosen", set())
    once = take_former(keys, known, {row.uscc for row in found.values()})
    wanted = register.chosen.union(*near.values(), once.values()) - set(found)
    for pks in chunks(wanted):
        found |= {row.pk: row for row in stored.filter(pk__in=pks)}
    register.by_pk = found
    for pk in sorted(found):
        register.add_enterprise(found[pk])
    register.near = {key: [found[pk] for pk in pks] for key, pks in near.items()}
    register.know_former({key: found[pk] for key, pk in once.items()})


def take_former(keys: Mapping[str, Any], names: Container[str], codes: Container[str | None]) -> dict[str, int]:
    """By name or code that no firm has now, the one firm that had it; what several had is in nobody's name."""
    had: dict[str, set[int]] = defaultdict(set)
    for column, words, taken in (("name_key", keys["names"], names), ("uscc", keys["codes"], codes)):
        for part in chunks(word for word in words if word and word not in taken):
            for word, pk in FormerName.objects.filter(**{f"{column}__in": part}).values_list(column, "enterprise"):
                had[word].add(pk)
    return {word: min(pks) for word, pks in had.items() if len(pks) == 1}


def take_projects(register: Register, keys: Mapping[str, Any]) -> None:
    stored = KeyProject.objects.select_related("workstream", "lead_unit", "contact", "enterprise")
    for names in chunks(keys["names"]):
        register.projects |= {row.name_key: row for row in stored.filter(name_key__in=names)}


# Append-mostly and large; what matters of them for a plan is unique, so a conflict shows when writing.
LARGE = (SurveyForm, ServiceActivity)
WATCHED: tuple[Any, ...] = (
    Unit, WorkGroup, User, Workstream, Industry, ProblemCategory, Enterprise, KeyProject, Pairing, LegalCase, Recovery,
    ProcuratorialRecommendation, ClosedPeriod,
)  # fmt: skip


def register_marks() -> dict[Any, Any]:
    """Differs from before once someone has added, removed or edited a record that plans are made against."""
    marks = {model: model._base_manager.aggregate(Max("pk")) for model in LARGE}
    return marks | {model: marks_of(model) for model in WATCHED}


def marks_of(model: Any) -> dict[str, Any]:
    """The same of one kind of record."""
    versions = [Sum("version")] if hasattr(model, "version") else []
    return dict(model._base_manager.aggregate(Count("pk"), Max("pk"), *versions))
