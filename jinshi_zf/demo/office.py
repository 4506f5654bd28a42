"""Makes the whole demo office in one transaction, or nothing."""

from datetime import date, datetime
from random import Random

from django.db import transaction

from accounts.models import User
from cases.models import LegalCase
from common.periods import Period
from enterprises.models import Enterprise, KeyProject
from enterprises.services.comparing import refresh_doubles
from jinshi_zf.demo import scale, years
from jinshi_zf.demo.cases import Docket
from jinshi_zf.demo.people import SIGN_INS, add_people
from jinshi_zf.demo.register import add_register
from jinshi_zf.demo.roster import add_roster
from jinshi_zf.demo.showcase import add_showcase
from jinshi_zf.demo.world import SEED, World
from ledger.deadlines import current_terms
from ledger.models import ProblemEntry, ServiceActivity, SurveyForm
from reports.closing.target_day import freeze_target_days
from reports.figures.counting import recount

BUSINESS = (Enterprise, KeyProject, ServiceActivity, ProblemEntry, LegalCase, SurveyForm)


class RealDataError(Exception):
    """The database is in real use; the message says what was found."""


def exists() -> bool:
    return User.objects.filter(is_demo=True).exists()


def ensure_unused() -> None:
    """Refuses a database that somebody works with.

    Raises:
        RealDataError: it holds business records, or people with the demo's staff numbers.
    """
    for model in BUSINESS:
        count = model.objects.count()
        if count:
            name = model._meta.verbose_name
            raise RealDataError(f"库中已有 {count} 条{name}，不是空库，未写入演示数据；请换一个空库再试")
    taken = User.objects.filter(username__in=[row[0] for row in SIGN_INS]).values_list("username", flat=True)
    if taken:
        raise RealDataError(f"库中已有账号 {'、'.join(taken)}，未写入演示数据；请换一个空库再试")


@transaction.atomic
def make(*, now: datetime, today: date, password: str, times: int = 1) -> World:
    """The demo office as of today, with its tallies and how its target days ended.

    Raises:
        RealDataError: the database is in real use.
    """
    ensure_unused()
    world = World(rng=Random(SEED), today=today, terms=current_terms())  # noqa: S311 -- no secret is drawn from it
    add_people(world, password)
    add_register(world)
    docket = Docket(world)
    years.year_2023(world, docket)
    years.around_today(world, docket)
    add_showcase(world)
    add_roster(world)
    scale.multiply(times)
    current = Period.half_of(today)
    for period in {Period.parse("2023H1"), Period.parse("2023H2"), current.previous(), current}:
        recount(period, now)
    freeze_target_days(now=now)
    refresh_doubles()
    return world
