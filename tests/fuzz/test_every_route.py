"""No address and no form answers with an error of ours, whatever is sent and whoever sends it.

Each case is made from its number alone: `FIRST_FUZZ=n FUZZ=m` asks the m cases from n on, so one that failed is asked
again by its number, and a longer run is a larger m.
"""

import os
import random
import traceback
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse

from accounts.models import Unit, User
from ledger.models import ProblemEntry
from ledger.moves.table import MOVES
from ledger.states import EntryState
from tests.clients import QuickClient
from tests.factories import EntryFactory
from tests.fuzz import routes, spoiled
from tests.fuzz.routes import SentForm

CASES = int(os.environ.get("FUZZ", "680"))
FIRST = int(os.environ.get("FIRST_FUZZ", "0"))
PARTS = 4  # for as many processes
AGAIN = 2  # cases in a row of one address, whose page is then read once
ROOT = str(Path(__file__).parents[2])
STATES = [EntryState.REGISTERED, EntryState.ACCEPTED, EntryState.HANDLING, EntryState.COMPLETED, EntryState.CONFIRMED]
ROLES = ["staff", "coordinator", "leader", "admin", "auditor"]

pytestmark = pytest.mark.django_db


@dataclass
class Office:
    """Somebody of each role, one record for every address, and the forms on their pages as they are asked for."""

    people: dict[str, User]
    addresses: list[tuple[str, dict[str, Any], list[str]]]  # the name, its arguments, whom it lets in
    forms: dict[tuple[str, str], list[SentForm]] = field(default_factory=dict)


@pytest.fixture
def everything(police) -> Office:
    users = {role: User(role=role, unit=None if role == "auditor" else police) for role in ROLES}
    users["office"] = User(role="coordinator", unit=Unit.objects.get(name="市委政法委"), city_wide=True)
    for role, user in users.items():
        user.username, user.name = f"F{role}", "干警0001"
    User.objects.bulk_create(users.values())
    entries = {state: EntryFactory(unit=police, state=state) for state in STATES}
    ProblemEntry.objects.filter(pk__in=[entry.pk for entry in entries.values()]).update(handler=users["staff"])
    made: dict[Any, dict[str, Any]] = {None: {}}
    addresses = []
    for name, access in routes.table().items():  # app by app: reports close a half-year, after which less can be made
        if access.make not in made:
            made[access.make] = access.make(police)
        addresses.append((name, made[access.make], sorted(access.roles) or ROLES))
    for action, move in MOVES.items():
        for state in (state for state in STATES if state in move.sources):
            given = {"pk": entries[state].pk, "action": action.value}
            addresses.append(("ledger:entry-move", given, ["admin", "coordinator", "leader", "office", "staff"]))
    return Office(users, addresses)


def send(user: User | None, method: str, url: str, **given: Any) -> Any:
    """What is answered; what the request did is undone."""
    cache.clear()
    with transaction.atomic():
        client = QuickClient()
        if user:
            client.force_login(user)
        try:
            return getattr(client, method)(url, **given)
        finally:
            transaction.set_rollback(True)


def forms_at(office: Office, role: str, user: User | None, url: str) -> list[SentForm]:
    if (url, role) not in office.forms:
        page = send(user, "get", url)
        readable = page.headers.get("Content-Type", "").startswith("text/html") and not page.streaming
        office.forms[url, role] = list(routes.forms_of(page.content, url)) if readable else []
    return office.forms[url, role]


def uploads(rng: random.Random, form: SentForm, pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """The fields as a form with files sends them."""
    data: dict[str, Any] = {}
    for name, value in pairs:
        data.setdefault(name, []).append(value.encode("utf-8", "replace").decode())
    for name in form.files:
        data[name] = SimpleUploadedFile("x", rng.choice(spoiled.FILE_BODIES))
        data[name]._name = rng.choice(spoiled.FILE_NAMES)  # the class itself would make it a sensible one
    return data


def ask(office: Office, number: int) -> int:
    """Sends the one request that the number stands for; the status of what comes back."""
    rng, at = random.Random(number), number // AGAIN
    name, kwargs, roles = office.addresses[at % len(office.addresses)]
    role = roles[(at + at // len(office.addresses)) % len(roles)]
    user = None if name in routes.OPEN else office.people[role]
    url = reverse(name, kwargs=kwargs)
    if kwargs and rng.random() < 0.15:
        url = routes.spoiled_address(name, kwargs, [spoiled.value(rng) for _ in kwargs]) or url
    headers = {"HX-Request": "true"} if rng.random() < 0.2 else {}
    method = rng.choice(("get", "post"))
    forms = [form for form in forms_at(office, role, user, url) if form.method == method]
    form = rng.choice(forms or [SentForm(url, method)])
    if method == "get":
        untouched = form if rng.random() < 0.5 else replace(form, fields=tuple((name, "") for name, _ in form.fields))
        query = spoiled.encoded(spoiled.fields(rng, untouched, routes.names_read("GET")))
        return send(user, "get", f"{form.action.partition('?')[0]}?{query}", headers=headers).status_code
    pairs = spoiled.fields(rng, form, routes.names_read("POST"))
    if form.files:
        return send(user, "post", form.action, data=uploads(rng, form, pairs), headers=headers).status_code
    body = {"data": spoiled.encoded(pairs), "content_type": "application/x-www-form-urlencoded"}
    return send(user, "post", form.action, **body, headers=headers).status_code


def where(error: Exception) -> list[str]:
    """The last of our own lines that an error came through."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.startswith(ROOT)]
    ours = [frame for frame in frames if ".venv" not in frame.filename and "/tests/" not in frame.filename]
    return [f"{frame.filename.removeprefix(ROOT)}:{frame.lineno}" for frame in ours[-3:]]


@pytest.mark.parametrize("part", range(PARTS))
def test_whatever_is_sent_is_answered_with_a_page(everything, part):
    failed: dict[Any, str] = {}
    for number in (n for n in range(FIRST, FIRST + CASES) if n // AGAIN % PARTS == part):
        try:
            status = ask(everything, number)
            if status >= 500:
                failed[status] = f"case {number}: {status}"
        except Exception as error:
            lines = where(error)
            failed.setdefault((type(error), *lines), f"case {number}: {type(error).__name__}: {error!s:.200} {lines}")
    assert not failed, "\n".join(failed.values())
