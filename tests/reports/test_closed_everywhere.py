"""That nothing which writes is left out of `test_closed_writes` and `test_closed_imports`: a new one fails here."""

import ast
import inspect
import pkgutil
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import accounts.services
import cases.services
import enterprises.services
import ledger.moves
import ledger.services
from ledger.closed.facts import OF
from reports.figures.watch import TABLES
from tests.reports.test_closed_writes import ASKED, STILL, TELLING

APPS = ("accounts", "cases", "common", "enterprises", "imports", "jobs", "ledger", "reports")
TOLD = {"create", "bulk_create", "update", "bulk_update", "delete", "_raw_delete", "get_or_create", "update_or_create"}
# Every other service, with what it writes instead, or whose write it asks for.
ELSEWHERE = {
    "accounts.services": {
        "账号": "change_password create_user deactivate invite reset_password set_reminders unlock",
        "单位": "save_unit",
    },
    "cases.services.published": {"名称和起止，不计入数字": "save_campaign"},
    "enterprises.services.deciding": {"认定": "ask_again tell_apart"},
    "enterprises.services.formernames": {"曾用名": "add_former_name drop_former_name"},
    "enterprises.services.renaming": {"曾用名": "note_renames"},
    "ledger.services.entries.bulk": {"advance_entry": "run", "只看": "look_at"},
    "ledger.services.deadlines.calendars": {"期限": "change_calendar"},
    "ledger.services.checking.confirmations": {"advance_entry": "answer", "链接": "ask_enterprise revoke_link"},
    "ledger.services.daily": {"任务": "request_due_work"},
    "ledger.services.entries.linking": {"据以化解的案件，不计入数字": "link_case"},
    "ledger.services.entries.registering": {"create_entry": "register"},
    "ledger.services.files": {"附件": "attach keep_with_case"},
    "ledger.moves.following": {"附件": "share"},
    "ledger.moves.spec": {"声明": "note"},
    "ledger.moves.unmerging": {"附件": "take_files_back"},
    "ledger.services.imported": {"test_closed_imports": "remove_imported_entries"},
    "ledger.services.supervising.ladder": {"提醒": "climb"},
    "ledger.services.supervising.ladder_steps": {"提醒": "save_step"},
    "ledger.services.messages.notices": {"提醒": "mark_read notify notify_of tell_together"},
    "ledger.services.checking.rechecks": {"advance_entry": "judge", "抽查": "change_rule draw"},
    "ledger.services.messages.failures": {"提醒": "tell_admins"},
    "ledger.services.money.kin": {"只看": "same_money"},
    "ledger.services.money.rule": {"从多少起问": "change_money_rule"},
    "ledger.services.vacancies": {"提醒": "check_vacancies"},
    "ledger.services.money.recoveries": {"只看": "place_words refuse_twice", "记下是两笔": "say_other_money"},
    "ledger.services.messages.robots": {"提醒": "save_robot try_out"},
    "ledger.services.deadlines.rules": {"期限": "change_rules"},
    "ledger.services.saved_views": {"视图": "change_view delete_view save_view"},
    "ledger.services.supervising.supervision": {"督办单": "issue_order"},
    "ledger.services.supervising.replies": {
        "督办单": "acknowledge_order reply_to_order accept_reply send_back",
    },
}


def modules(package: ModuleType) -> Iterator[ModuleType]:
    """The package's own, at every depth."""
    yield package
    for found in pkgutil.walk_packages(getattr(package, "__path__", []), f"{package.__name__}."):
        yield import_module(found.name)


def services() -> Iterator[str]:
    """What writes, by the house rule: public functions that take keyword arguments only."""
    for package in (accounts.services, cases.services, enterprises.services, ledger.moves, ledger.services):
        for module in modules(package):
            for name, function in inspect.getmembers(module, inspect.isfunction):
                kinds = [one.kind for one in inspect.signature(function).parameters.values()]
                if function.__module__ == module.__name__ and inspect.Parameter.KEYWORD_ONLY in kinds:
                    yield f"{module.__name__}.{name}"


def test_no_service_is_missing_here():
    tried = [one for one, _ in ASKED.values()] + list(TELLING.values()) + [one for row in STILL.values() for one in row]
    known = {f"{one.__module__}.{one.__name__}" for one in tried}
    for module, rows in ELSEWHERE.items():
        known |= {f"{module}.{name}" for names in rows.values() for name in names.split()}
    assert sorted(services()) == sorted(known)


# The modules that write rows of watched tables by their names: a service of its own or a part of one, by whom.
WRITERS = {
    "ledger.services.activities.recording": {"ServiceActivity"},
    "ledger.services.activities.writing": {"ActivityOutput"},  # recording
    "ledger.services.entries.moving": {"ProblemEntry"},
    "ledger.services.entries.registering": {"ProblemEntry"},
    "ledger.moves.unmerging": {"ProblemEntry"},  # advance_entry: taken back, today
    "ledger.moves.events": {"EntryEvent"},  # advance_entry, create_entry
    "ledger.moves.following": {"ProblemEntry"},  # advance_entry: split and merged, today
    "ledger.services.plans": {"ActionPlan", "KeyTask"},
    "ledger.services.deadlines.recounts": {"ProblemEntry", "EntryEvent"},  # deadlines, told as a step of today
    "ledger.services.money.recoveries": {"Recovery"},
    "ledger.services.surveys.entries": {"EntryEvent"},  # recording and changing: on the day of the visit
    "ledger.services.surveys.recording": {"SurveyForm"},
}


def test_no_other_module_writes_watched_tables():
    found: dict[str, set[str]] = {}
    for path in sorted(path for app in APPS for path in Path(app).glob("**/*.py") if "migrations" not in path.parts):
        if models := written_by_name(ast.parse(path.read_text())):
            found[".".join(path.with_suffix("").parts)] = models
    assert found == WRITERS


def written_by_name(tree: ast.Module) -> set[str]:
    """The watched models whose managers are told to write: `Recovery.objects.create(…)`."""
    watched = {model.__name__ for model in TABLES.values()}
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return {root(call) for call in calls if isinstance(call, ast.Attribute) and call.attr in TOLD} & watched


def root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute | ast.Call):
        node = node.value if isinstance(node, ast.Attribute) else node.func
    return node.id if isinstance(node, ast.Name) else ""


def test_every_table_that_figures_read_has_its_facts():
    """Of a project no field is read, and steps of the ledger are read with their entry."""
    assert {model.__name__ for model in set(TABLES.values()) - set(OF)} == {"KeyProject", "EntryEvent"}
