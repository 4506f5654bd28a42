"""Every list, chooser and search finds a record however its name is typed: width, case, brackets, dots, blanks."""

import json
import unicodedata
from datetime import date
from importlib import import_module
from pathlib import Path
from urllib.parse import urlencode

import pytest
from auditlog.models import LogEntry
from axes.models import AccessLog
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.urls import get_resolver, reverse
from django.utils import timezone

from accounts.models import ExportLog
from accounts.selectors import audit_entries, sign_ins
from common.forms.filters import ListFilter
from common.sent.seeking import FOLD
from common.text import name_key
from imports.models import ImportBatch
from ledger.models import DeadlineShift, Escalation, LadderStep, Robot, RobotMessage, RuleChange, Vacancy
from ledger.sampling import span_of
from ledger.services.checking.rechecks import draw
from ledger.services.supervising.supervision import Demand, issue_order
from ledger.states import Action, EntryState
from tests.factories import (
    ActivityFactory,
    CaseFactory,
    EnterpriseFactory,
    EntryFactory,
    KeyProjectFactory,
    PairingFactory,
    RecommendationFactory,
    RecoveryFactory,
    SurveyFormFactory,
    TypicalCaseFactory,
    UserFactory,
    move,
)
from tests.factories.reports import BriefingFactory
from tests.test_access_matrix import named_urls

NAME = "津市（样例）Ａ1·2厂"
TYPED = [
    NAME,
    "津市(样例)a1•2厂",
    "津市（样例)Ａ１・２厂",
    "津市（样例）A1．2厂",
    "样例A１2",
    "津市样例a12厂",
    "　(样例)　２厂 ",
]
OTHER = "津市样例A13厂"
NO_LIST = {"TrailFilter", "UnitListFilter", "TodayFilter", "CoverageFilter"}  # the last has no words to seek by

pytestmark = pytest.mark.django_db


def shift(name):
    entry = EntryFactory(title=name)
    cause = RuleChange.objects.create(made_at=timezone.now())
    days = {"was": date(2023, 6, 1), "now": date(2023, 6, 2), "rule_change": cause}
    return DeadlineShift.objects.create(entry=entry, event=entry.events.get(), unit=entry.unit, **days)


def escalation(name):
    entry, step = EntryFactory(title=name), LadderStep.objects.first()
    days = {"deadline": date(2023, 6, 1), "day": date(2023, 6, 2), "made_at": timezone.now()}
    return Escalation.objects.create(entry=entry, step=step, after_days=0, unit=entry.unit, told=True, **days)


def recheck(name):
    entry = EntryFactory(title=name, state=EntryState.REJECTED)
    made, _ = draw(span=span_of(date(2023, 5, 10), weekly=False), at=timezone.now())
    return made.rechecks.get(entry=entry)


def order(name):
    entry = EntryFactory(state=EntryState.HANDLING)
    return issue_order(entry=entry, actor=None, at=timezone.now(), demand=Demand(name, timezone.localdate()))


def message(name):
    robot = Robot.objects.create(name=name, url="https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=sample")
    now = timezone.now()
    return RobotMessage.objects.create(robot=robot, event="test", words="试发", due_at=now, made_at=now)


def vacancy(name):
    entry, day = EntryFactory(title=name), date(2023, 6, 1)
    return Vacancy.objects.create(kind="entry", row=entry.pk, unit=entry.unit, what=name, why="样例", found_on=day)


def audited(name):
    kind = ContentType.objects.get_for_model(ImportBatch)
    return LogEntry.objects.create(content_type=kind, object_pk="1", object_repr=name, action=1)


MAKERS = {
    "UserFilter": lambda name: UserFactory(name=name),
    "AuditFilter": audited,
    "SignInFilter": lambda name: AccessLog.objects.create(username=name, attempt_time=timezone.now()),
    "ExportFilter": lambda name: ExportLog.objects.create(user=UserFactory(name=name), what="样例", rows=1),
    "CaseFilter": lambda name: CaseFactory(number=name),
    "RecommendationFilter": lambda name: RecommendationFactory(number=name),
    "TypicalFilter": lambda name: TypicalCaseFactory(title=name),
    "ActivityFilter": lambda name: ActivityFactory(enterprise=EnterpriseFactory(name=name)),
    "EscalationFilter": escalation,
    "RecheckFilter": recheck,
    "VacancyFilter": vacancy,
    "RecoveryFilter": lambda name: RecoveryFactory(basis=name),
    "OrderFilter": order,
    "SurveyFilter": lambda name: SurveyFormFactory(enterprise=EnterpriseFactory(name=name)),
    "EnterpriseFilter": lambda name: EnterpriseFactory(name=name),
    "ProjectFilter": lambda name: KeyProjectFactory(name=name),
    "PairingFilter": lambda name: PairingFactory(enterprise=EnterpriseFactory(name=name)),
    "BatchFilter": lambda name: ImportBatch.objects.create(kind="surveys", name=name, sha256="0" * 64, size=1),
    "EntryFilter": lambda name: EntryFactory(enterprise=EnterpriseFactory(name=name)),
    "MessageFilter": message,
    "ShiftFilter": shift,
    "BriefingFilter": lambda name: BriefingFactory(title=name),
}
ROWS = {"AuditFilter": audit_entries, "SignInFilter": lambda: sign_ins(False)}


def list_filters(base=ListFilter):
    for one in base.__subclasses__():
        if one.__name__ not in NO_LIST and one.__module__.partition(".")[0] != "tests":
            yield one
        yield from list_filters(one)


def test_every_list_finds_its_records_however_a_name_is_typed(admin, auditor):
    for app in ("accounts", "cases", "enterprises", "imports", "ledger", "reports"):
        import_module(f"{app}.urls")
    filters = {one.__name__: one for one in list_filters()}
    assert set(filters) == set(MAKERS)
    missed = []
    for name, one in filters.items():
        wanted, other = MAKERS[name](NAME), MAKERS[name](OTHER) if name != "RecheckFilter" else None
        user = auditor if one.__module__ == "accounts.filters" and name != "UserFilter" else admin
        more = {"today": date(2023, 6, 1)} if one.__module__ == "enterprises.filters" else {}
        for typed in TYPED:
            listed = one({"q": typed}, ROWS.get(name, type(wanted).objects.all)(), user=user, **more)
            found = set(listed.qs.values_list("pk", flat=True))
            if wanted.pk not in found or (other and other.pk in found):
                missed.append((name, typed))
    assert missed == []


def test_every_chooser_and_search_page_finds_them_too(client, admin):
    """A chooser seeks once more in the browser, among the words each answer carries: those typed are among them."""
    firm, project = EnterpriseFactory(name=NAME), KeyProjectFactory(name=f"{NAME}项目")
    entry, case = (
        EntryFactory(title=f"{NAME}欠款", enterprise=firm),
        CaseFactory(number="（2023）湘0781民初9号", title=NAME),
    )
    move(entry, Action.ACCEPT, actor=admin, note=f"{NAME}来人")
    choosers = {
        "enterprises:choices": {f"{firm.pk}"},
        "enterprises:choices?kind=project": {f"{project.pk}"},
        "enterprises:choices?both=1": {f"enterprise:{firm.pk}", f"project:{project.pk}"},
        "ledger:entry-choices": {f"{entry.pk}"},
        "cases:case-choices": {f"{case.pk}"},
    }
    kinds = {"enterprises:enterprise": firm, "enterprises:project": project, "ledger:entry": entry, "cases:case": case}
    hits = [reverse(f"{kind}-detail", args=[row.pk]) for kind, row in kinds.items()]
    addresses = {name for name in named_urls(get_resolver().url_patterns) if name.endswith("choices")}
    addresses.remove("ledger:handler-choices")  # the people of a unit: nothing is typed there
    assert {name.partition("?")[0] for name in choosers} == addresses
    client.force_login(admin)
    missed = []
    for chooser, wanted in choosers.items():
        name, _, asked = chooser.partition("?")
        for typed in TYPED:
            answer = client.get(f"{reverse(name)}?{asked}&{urlencode({'q': typed})}")
            results = json.loads(answer.content)["results"]
            is_shown = all(typed.strip() in one["pinyin"] for one in results)
            if {one["value"] for one in results} != wanted or not is_shown:
                missed.append((chooser, typed, results))
    for typed in TYPED:
        page = client.get(reverse("desk:search"), {"q": typed}).content.decode()
        missed += [("desk:search", typed, url) for url in hits if url not in page]
    assert missed == []


def test_codes_and_numbers_are_found_however_wide_they_are_typed(client, admin):
    firm = EnterpriseFactory(name="津市样例码厂")
    case = CaseFactory(number="（2023）湘0781民初0777号")
    entry = EntryFactory()
    wide = {ord(c): ord(c) + 0xFEE0 for c in "0123456789-ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
    client.force_login(admin)
    for typed, view, row in (
        (firm.uscc.translate(wide), "enterprises:enterprise", firm),
        (firm.uscc.lower()[:12], "enterprises:enterprise", firm),
        ("(2023)湘０７８１民初0777", "cases:case", case),
        (entry.number.lower().translate(wide)[:-1], "ledger:entry", entry),
    ):
        answer = client.get(reverse("desk:search"), {"q": typed}, follow=True)
        assert reverse(f"{view}-detail", args=[row.pk]) in answer.content.decode(), typed


def test_both_databases_fold_as_the_stored_keys_are_folded():
    """Every character that Python knows, within a name."""
    codes = [*range(1, 0xD800), *range(0xE000, 0x11000), *range(0x1F600, 0x1F680)]
    characters = [chr(code) for code in codes if unicodedata.category(chr(code)) != "Cn"]  # databases know later ones
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"SELECT c, {FOLD}('津' || c || '厂') FROM unnest(%s::text[]) c", [characters])
        else:
            rows = f"SELECT value, {FOLD}('津' || value || '厂') FROM json_each(%s)"
            cursor.execute(rows, [json.dumps(characters)])
        differing = [f"{ord(c):x}" for c, key in cursor.fetchall() if key != name_key(f"津{c}厂")]
    assert differing == []


def test_nobody_seeks_words_by_another_rule():
    root = Path(__file__).parents[1]
    apps = ["accounts", "cases", "common", "desk", "enterprises", "imports", "jobs", "ledger", "reports"]
    sources = [path for app in apps for path in sorted((root / app).rglob("*.py")) if "migrations" not in path.parts]
    assert [str(path) for path in sources if "icontains" in path.read_text(encoding="utf-8")] == []
