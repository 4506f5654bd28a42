"""What happened when: the published half-year exactly, the rest of 2023, and the half-years around today."""

from datetime import date, timedelta

from cases.models import Campaign
from common.periods import Period
from jinshi_zf.demo import activities as doing
from jinshi_zf.demo import cases as law
from jinshi_zf.demo import chains
from jinshi_zf.demo.chains import Chain
from jinshi_zf.demo.problems import PROBLEMS, Ledger
from jinshi_zf.demo.register import add_campaign, add_plan
from jinshi_zf.demo.world import World
from ledger.models import Satisfaction, SurveyForm
from ledger.states import EntryState

FORMS, APPEALS = 304, 88
RESOLVED_EARLY, RESOLVED_JUNE, LED_EARLY, LED_JUNE = 76, 37, 24, 10  # 113 in all, 34 of them led by leaders
MAY, JUNE, CUT = date(2023, 5, 31), date(2023, 6, 1), date(2023, 6, 30)
LEFT_OVER_RESOLVED = 44  # of those, by 31 October


def year_2023(world: World, docket: law.Docket) -> None:
    """The first half comes to the published figures; by 31 October the target of 85% is reached."""
    campaign = add_campaign(world, 2023)
    add_plan(world, 2023, 100)
    first, last = date(2023, 1, 3), date(2023, 12, 29)
    done = doing.save(doing.HalfYear(world, doing.HalfPlan(), first, CUT).draw())
    law.first_half_2023(docket, campaign, done)
    more = doing.save(doing.HalfYear(world, doing.HalfPlan.share(85), date(2023, 7, 3), last).draw())
    law.any_half(docket, campaign, more, (date(2023, 7, 3), last), 70)
    ledger = Ledger(world, done)
    drawn = first_half_entries(ledger, survey(world), last)
    ledger = Ledger(world, [*done, *more])
    drawn += usual_entries(ledger, (date(2023, 7, 3), date(2023, 12, 22)), 92, date(2024, 3, 29), patience=58)
    drawn += [ledger.rejected(*span) for span in ((first, CUT), (first, CUT), (first, CUT), (CUT, last))]
    chains.save(drawn)
    chains.save(ledger.duplicate_of(drawn[number], CUT) for number in (4, 30))
    law.money_of_entries([chain.entry for chain in drawn], first, CUT, 3)
    law.money_of_entries([chain.entry for chain in drawn], CUT, last, 4)


def survey(world: World) -> list[SurveyForm]:
    """征求意见调查表 of May 2023; those with a request come first."""
    rng, forms = world.rng, []
    for number in range(1, FORMS + 1):
        firm = world.enterprises[number % len(world.enterprises)]
        officer = world.officer_for(firm)
        asks = number <= APPEALS
        name = rng.choice(list(PROBLEMS))
        forms.append(
            SurveyForm(
                serial=str(number),
                enterprise=firm,
                industry=firm.industry,
                workstream=firm.workstream,
                unit=officer.unit,
                officer=officer,
                officer_name=officer.name,
                visited_on=world.day(date(2023, 5, 4), date(2023, 5, 19 if asks else 31)),
                contact_name=firm.contact_name,
                contact_phone=firm.contact_phone,
                satisfaction=rng.choices(list(Satisfaction), [60, 30, 10])[0],
                category=world.categories[name] if asks else None,
                appeal=rng.choice(PROBLEMS[name][0]) if asks else "",
                amount=rng.randint(3, 80) * 10_000 if asks and rng.random() < 0.3 else None,
                suggestion="" if asks else "希望多开展上门普法",
                fingerprint=f"demo-{number:05d}",
            )
        )
    return SurveyForm.objects.bulk_create(forms, batch_size=200)


def first_half_entries(ledger: Ledger, forms: list[SurveyForm], last: date) -> list[Chain]:
    """76 confirmed by the end of May, 37 in June, the rest on their way, one confirmed and reopened within the half."""
    first, world = date(2023, 1, 4), ledger.world
    early = [ledger.from_leader(first, date(2023, 5, 10)) for _ in range(LED_EARLY)]
    early += [ledger.usual(first, date(2023, 4, 28)) for _ in range(RESOLVED_EARLY - LED_EARLY)]
    asked = [ledger.from_form(form) for form in forms[:APPEALS]]
    june = [ledger.from_leader(date(2023, 4, 10), date(2023, 6, 12)) for _ in range(LED_JUNE)]
    june += asked[: RESOLVED_JUNE - LED_JUNE]
    left = asked[RESOLVED_JUNE - LED_JUNE :]
    for chain in early:
        ledger.until(chain, last, after(world, chain, 6, 40, MAY))
    for chain in june:
        ledger.until(chain, last, max(after(world, chain, 8, 45, CUT), world.day(JUNE, date(2023, 6, 9))))
    for chain in left[:LEFT_OVER_RESOLVED]:
        ledger.until(chain, last, world.day(date(2023, 7, 3), date(2023, 10, 27)))
    for chain in left[LEFT_OVER_RESOLVED:]:
        ledger.until(chain, last, world.day(date(2023, 11, 6), date(2023, 12, 20)))
    closed = [chain for chain in early if chain.entry.closed_on]
    ledger.reopened(closed[0], date(2023, 8, 15), last, date(2023, 9, 20))  # June's figure stays as it was
    undone = ledger.until(ledger.usual(first, date(2023, 3, 1)), last, date(2023, 4, 20))
    ledger.reopened(undone, date(2023, 6, 12), last, date(2023, 8, 10))  # not resolved at the end of June
    return [*early, *june, *left, undone]


def after(world: World, chain: Chain, least: int, most: int, latest: date) -> date:
    """A working day so long after registration, never past the latest."""
    start = chain.entry.registered_on + timedelta(days=least)
    return world.day(min(start, latest), min(start + timedelta(days=most - least), latest))


def usual_entries(ledger: Ledger, span: tuple[date, date], count: int, today: date, *, patience: int) -> list[Chain]:
    """Entries over a span, resolved within `patience` days; every third of those not that old is still open."""
    world, drawn = ledger.world, []
    for number in range(count):
        chain = ledger.from_leader(*span) if number % 9 == 0 else ledger.usual(*span)
        start = chain.entry.registered_on
        stuck = number % 3 == 0 and (today - start).days < patience
        wanted = None if stuck else start + timedelta(days=world.rng.randint(6, patience))
        drawn.append(ledger.until(chain, today, wanted))
    return drawn


def around_today(world: World, docket: law.Docket) -> None:
    """The half-year before this one, whole, and this one as far as it has come."""
    now, yesterday = Period.half_of(world.today), world.today - timedelta(days=1)
    spans = [(now.previous(), now.previous().end), (now, max(now.start, yesterday))]
    spans = [(period, last) for period, last in spans if period.start.year > 2023]
    campaigns = {}
    for year in sorted({period.start.year for period, _ in spans}):
        elapsed = (world.today - date(year, 4, 1)).days * 100 // 274
        add_plan(world, year, min(max(elapsed, 0), 100))
        campaigns[year] = add_campaign(world, year)
    for period, last in spans:
        half_year(world, docket, campaigns[period.start.year], period, last)


def half_year(world: World, docket: law.Docket, campaign: Campaign, period: Period, last: date) -> None:
    """A half-year up to a day: activities, cases and entries in every state."""
    yesterday = world.today - timedelta(days=1)
    days, span = (last - period.start).days + 1, (period.start, last)
    share = max(days * 100 // ((period.end - period.start).days + 1), 2)
    done = doing.save(doing.HalfYear(world, doing.HalfPlan.share(share), *span).draw())
    ledger = Ledger(world, done)
    drawn = usual_entries(ledger, span, max(140 * share // 100, 6), yesterday, patience=60)
    if days > 30:
        law.any_half(docket, campaign, done, span, share)
        drawn += [ledger.rejected(*span) for _ in range(2)]
        over = [(one, one.entry.closed_on) for one in drawn if one.entry.state == EntryState.CLOSED]
        closed, closed_on = over[-1]
        ledger.reopened(closed, max(closed_on or last, world.today - timedelta(days=9)), yesterday)
    chains.save(drawn)
    chains.save(ledger.duplicate_of(chain, last) for chain in drawn[1:3])
    law.money_of_entries([chain.entry for chain in drawn], period.start, last, 5)
