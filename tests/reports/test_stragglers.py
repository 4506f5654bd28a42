"""What was being written when figures were counted is counted at the next look, however late it is committed.

On SQLite writers come one after another; on PostgreSQL a row may be committed below the newest one that was seen.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import Event, Thread
from typing import Any

import pytest
from django.db import connection, transaction

from common.periods import SHANGHAI
from common.rows.database import reserve_ids
from enterprises.models import Industry
from jobs.models import Job
from ledger.models import ServiceActivity
from reports.figures.watch import changed, marks
from tests.factories import ActivityFactory, CaseFactory, EnterpriseFactory

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2023, 7, 2, 9, tzinfo=SHANGHAI)


class RolledBackError(Exception):
    """Nothing of what was written is to stay."""


@contextmanager
def under_way(write: Callable[[], Any], *, undone: bool = False) -> Iterator[None]:
    """Another connection has written and has not committed while the block runs; after it, it has."""
    begun, go = Event(), Event()

    def work() -> None:
        try:
            with transaction.atomic():
                write()
                begun.set()
                go.wait(30)
                if undone:
                    raise RolledBackError
        except RolledBackError:
            pass
        finally:
            connection.close()

    thread = Thread(target=work)
    thread.start()
    assert begun.wait(30)
    try:
        yield
    finally:
        go.set()
        thread.join(30)


def visit(**more: Any) -> ServiceActivity:
    return ActivityFactory(officer=None, enterprise=None, **more)


def somebody_else_meanwhile(police) -> None:
    """Commits at once, with a later number: only PostgreSQL lets two write."""
    if connection.vendor == "postgresql":
        visit(unit=police)


def test_a_row_whose_writer_was_under_way_is_seen_by_the_next_look_and_by_no_other(police):
    with under_way(lambda: visit(unit=police)):
        somebody_else_meanwhile(police)
        before = marks(NOW)
        assert changed(before, marks(NOW)) == set()
    after = marks(NOW)
    found = changed(before, after)
    assert "activities" in found
    assert "tasks" not in found
    assert changed(after, marks(NOW)) == set()


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite 上写入一个接一个")
def test_a_writer_beyond_all_that_ended_is_not_taken_for_one_that_has(police):
    visit(unit=police)
    with under_way(lambda: visit(unit=police)), transaction.atomic():
        CaseFactory(unit=police)  # from here on the look is a transaction's own: none ends between the looks
        before = marks(NOW)
        assert before["writing"]
        assert changed(before, marks(NOW)) == set()


def test_an_edit_that_was_under_way_is_seen(police):
    one = visit(unit=police)

    def edit() -> None:
        row = ServiceActivity.objects.get(pk=one.pk)
        row.times = 7
        row.save()

    with under_way(edit):
        somebody_else_meanwhile(police)
        before = marks(NOW)
    assert "activities" in changed(before, marks(NOW))


def test_a_write_that_came_to_nothing_and_one_of_other_things_change_nothing(police):
    visit(unit=police)
    with under_way(lambda: visit(unit=police), undone=True):
        before = marks(NOW)
    assert changed(before, marks(NOW)) == set()
    with under_way(lambda: Job.objects.create(kind="样例", params={})):
        before = marks(NOW)
    assert changed(before, marks(NOW)) == set()


def test_rows_whose_numbers_were_given_out_before_the_look_are_seen_like_those_of_an_import(police):
    visit(unit=police)
    (number,) = reserve_ids(ServiceActivity, 1)
    visit(unit=police)
    before = marks(NOW)
    visit(unit=police, pk=number)
    assert "activities" in changed(before, marks(NOW))


@pytest.mark.parametrize("change", ["set", "remove"])
def test_the_parties_of_a_case_are_watched_like_the_case(police, change):
    first, second = (EnterpriseFactory(industry=industry) for industry in Industry.objects.all()[:2])
    case = CaseFactory(unit=police)
    case.enterprises.add(first)
    before = marks(NOW)
    case.enterprises.set([second] if change == "set" else [])
    assert "cases" in changed(before, marks(NOW))
