"""One spec a move: every action has all of it, and what it names is there."""

from dataclasses import fields
from datetime import date, timedelta

import pytest
from django.urls import reverse

from ledger.forms.entries.moves import MoveForm
from ledger.forms.entries.splitting import SplitForm, move_form
from ledger.models import EntryEvent, ProblemEntry
from ledger.moves.data import MoveData
from ledger.moves.facts import Fact, facts_of, told_facts
from ledger.moves.table import COUNTERS, LEADING, MOVES, QUIET, SPECS, WATCHED
from ledger.services.entries.moving import advance_entry
from ledger.services.errors import ClockBehindError, MissingNeedError, MoveConflictError
from ledger.states import COUNTED, Action, EntryState
from reports.days.rates import Rates
from tests.factories import EntryFactory, UserFactory
from tests.factories.ledger import at, deferred, evidence, move, walk

pytestmark = pytest.mark.django_db
A, S = Action, EntryState


@pytest.fixture
def handler(police):
    return UserFactory(unit=police)


@pytest.fixture
def entry_in(police, handler):
    return lambda state: EntryFactory(unit=police, lead_unit=police, handler=handler, state=state)


def test_every_action_has_its_spec_and_only_the_systems_are_nobodys():
    assert set(SPECS) == set(Action)
    assert {action for action, spec in SPECS.items() if not spec.who} == set(Action.SYSTEM)
    assert all(spec.action == action for action, spec in SPECS.items())
    assert all(spec.hint for action, spec in SPECS.items() if action != A.REGISTER)
    assert all(any(field.name == "note" and field.label for field in spec.fields) for spec in MOVES.values())


def test_what_a_spec_names_is_there():
    given, columns = {field.name for field in fields(MoveData)}, {f.name for f in ProblemEntry._meta.get_fields()}
    for action, spec in MOVES.items():
        names = {field.name for field in spec.fields}
        form = move_form(action)
        assert names <= given, action
        assert names - {"kept", "pieces"} <= form.base_fields.keys(), action
        assert (form is SplitForm) == ("pieces" in names), action
    assert COUNTERS.keys() <= columns
    assert {watched.number for watched in WATCHED.values()} <= {field.name for field in fields(Rates)}
    assert all(MOVES[action].target is None for action in QUIET)
    assert MOVES.keys() >= LEADING


def test_the_constraint_of_the_database_is_that_of_the_table(office):
    """Whatever leads into a state that must have a lead unit comes from one that has it, or brings it."""
    led = set(EntryState.LED)
    for action, spec in MOVES.items():
        if spec.target in led and spec.sources - led:
            assert any(field.name == "lead_unit" and field.needed for field in spec.fields), action
    assert led == COUNTED - {S.REGISTERED, S.ACCEPTED}


@pytest.mark.parametrize("action", [action for action in Action if action in MOVES])
def test_each_form_asks_for_what_the_spec_says(office, entry_in, action):
    spec = MOVES[action]
    state = next((state for state in EntryState if state in spec.sources), S.REGISTERED)
    form = move_form(action)(entry=entry_in(state), action=action, user=office, now=at(date(2023, 6, 1)))
    assert isinstance(form, MoveForm)
    asked = {field.name: field for field in form.asked.values()}
    shown = {name for name in form.fields if name in asked}
    assert {name for name in shown if form.fields[name].required} >= {n for n in shown if asked[n].needed}
    assert all(form.fields[name].label == asked[name].label for name in shown if asked[name].label)


def test_events_of_before_the_codes_are_read_as_well(office):
    old = {"办理期限": "2026-12-06", "牵头单位": "市公安局", "材料": ["回执.pdf"], "别的": "某事"}
    new = {"deadline": "2026-12-06", "lead_unit": "市公安局", "files": ["回执.pdf"]}
    assert (
        facts_of(old)
        == facts_of(new)
        == {Fact.LEAD_UNIT: "市公安局", Fact.DEADLINE: "2026-12-06", Fact.FILES: ["回执.pdf"]}
    )
    assert told_facts(old, date(2026, 11, 1)) == [("牵头单位", "市公安局"), ("办理期限", "12月6日"), ("别的", "某事")]


# ---- once and only once ----


def test_the_same_post_twice_is_one_move_and_another_content_is_a_conflict(office, court, entry_in):
    entry, due = entry_in(S.ACCEPTED), date(2023, 6, 20)
    seen, given = entry.version, {"deadline": due, "deadline_reason": "样例"}
    asked = {"action": A.ASSIGN, "actor": office, "at": at(date(2023, 6, 1)), "seen": seen}
    first = advance_entry(entry=entry, data=MoveData(lead_unit=court, **given), **asked)
    again = advance_entry(entry=ProblemEntry.objects.get(pk=entry.pk), data=MoveData(lead_unit=court, **given), **asked)
    assert again == first
    for other in (
        {"lead_unit": entry.unit},
        {"lead_unit": court, "note": "请抓紧"},
        {"lead_unit": court, "supporting_units": [entry.unit]},
    ):
        with pytest.raises(MoveConflictError) as refused:
            advance_entry(entry=ProblemEntry.objects.get(pk=entry.pk), data=MoveData(**{**given, **other}), **asked)
        assert refused.value.event == first
    assert entry.events.filter(action=A.ASSIGN).count() == 1


def test_the_same_words_with_another_photo_are_not_the_same_progress(handler, entry_in):
    entry = entry_in(S.HANDLING)
    asked = {"action": A.PROGRESS, "actor": handler, "at": at(date(2023, 6, 1)), "seen": entry.version}
    advance_entry(entry=entry, data=MoveData(note="已上门", files=[evidence("一.pdf")]), **asked)
    again = MoveData(note="已上门 ", files=[evidence("一.pdf")])
    advance_entry(entry=ProblemEntry.objects.get(pk=entry.pk), data=again, **asked)
    for files in ([], [evidence("二.pdf")]):  # none; the same bytes under another name, which nobody would ever see
        with pytest.raises(MoveConflictError):
            advance_entry(
                entry=ProblemEntry.objects.get(pk=entry.pk), data=MoveData(note="已上门", files=files), **asked
            )
    assert entry.events.filter(action=A.PROGRESS).count() == 1


def test_a_clock_a_little_behind_dates_the_step_like_the_last_one(office, entry_in, settings, monkeypatch):
    told = []
    monkeypatch.setattr("ledger.moves.events.logger.warning", lambda *words, **more: told.append(words))
    entry = entry_in(S.REGISTERED)
    last = entry.events.get().occurred_at
    event = advance_entry(entry=entry, action=A.ACCEPT, actor=office, at=last - settings.CLOCK_TOLERANCE)
    assert event.occurred_at == last
    assert told == [("clock behind",)]
    with pytest.raises(ClockBehindError, match="晚 6 分钟：服务器时钟不准"):
        advance_entry(
            entry=entry, action=A.REJECT, actor=office, at=last - timedelta(minutes=6), data=MoveData(note="x")
        )


# ---- a deferred entry, at every age ----


@pytest.mark.parametrize("days", [1, 179, 180, 181, 400])
def test_a_deferred_entry_is_taken_up_again_with_the_date_the_form_suggests(office, client, days):
    entry = deferred(walk(EntryFactory(), S.HANDLING, date(2023, 5, 11)), date(2023, 5, 12))
    now = at(date(2023, 5, 12) + timedelta(days=days))
    form = MoveForm(entry=entry, action=A.RESUME_HANDLING, user=office, now=now)
    suggested = form.initial["deadline"]
    data = {"version": entry.version, "deadline": suggested, "note": "政策已明确"}
    sent = MoveForm(data, entry=entry, action=A.RESUME_HANDLING, user=office, now=now)
    assert sent.is_valid(), sent.errors
    advance_entry(entry=entry, action=A.RESUME_HANDLING, actor=office, at=now, data=sent.move_data)
    assert (entry.state, entry.deadline) == (S.HANDLING, suggested)


def test_a_deadline_later_than_a_new_term_says_why(office):
    entry = deferred(walk(EntryFactory(), S.HANDLING, date(2023, 5, 11)), date(2023, 5, 12))
    now, far = at(date(2023, 12, 1)), date(2024, 6, 1)
    data = {"version": entry.version, "deadline": far, "note": "政策已明确"}
    form = MoveForm(data, entry=entry, action=A.RESUME_HANDLING, user=office, now=now)
    assert form.is_valid()
    with pytest.raises(MissingNeedError, match="定得更晚请写明理由") as refused:
        advance_entry(entry=entry, action=A.RESUME_HANDLING, actor=office, at=now, data=form.move_data)
    assert refused.value.field == "deadline_reason"
    form = MoveForm(
        {**data, "deadline_reason": "等中央文件"}, entry=entry, action=A.RESUME_HANDLING, user=office, now=now
    )
    assert form.is_valid()
    advance_entry(entry=entry, action=A.RESUME_HANDLING, actor=office, at=now, data=form.move_data)
    assert (entry.deadline, entry.deadline_reason) == (far, "等中央文件")


def test_words_after_each_move_are_said(office, handler, court, entry_in):
    entry = move(entry_in(S.HANDLING), A.WARN, actor=UserFactory(leader=True, city=True), note="两周没有进展")
    for event in EntryEvent.objects.filter(entry=entry).select_related("entry"):
        assert SPECS[Action(event.action)].told(event)


def test_page_shows_what_was_saved_beside_what_was_typed_and_makes_it_on_top_when_asked(client, handler, entry_in):
    entry = entry_in(S.HANDLING)
    client.force_login(handler)
    url = reverse("ledger:entry-move", args=[entry.pk, A.PROGRESS])
    typed = {"version": entry.version, "note": "已约谈双方"}
    assert client.post(url, typed).status_code == 302
    assert client.post(url, typed).status_code == 302  # the same post again
    page = client.post(url, typed | {"note": "对方同意分期"})
    text = page.content.decode()
    assert page.status_code == 409
    assert all(words in text for words in ("刚才已经保存的", "已约谈双方", "对方同意分期", "仍按所填记录进展"))
    again = {"version": page.context["form"].data["version"], "note": "对方同意分期"}
    assert client.post(url, again).status_code == 302
    notes = entry.events.filter(action=A.PROGRESS).values_list("note", flat=True)
    assert list(notes) == ["已约谈双方", "对方同意分期"]


def test_what_a_move_does_not_ask_for_is_neither_written_nor_told(office, court, entry_in):
    entry = entry_in(S.REGISTERED)
    given = MoveData(note="受理", deadline=date(2030, 1, 1), lead_unit=court, rating="satisfied", files=[evidence()])
    event = advance_entry(entry=entry, action=A.ACCEPT, actor=office, at=at(date(2023, 6, 1)), data=given)
    assert (event.note, event.data, event.attachments.count()) == ("受理", {}, 0)
    assert (entry.deadline, entry.rating, entry.lead_unit) == (None, "", entry.unit)
