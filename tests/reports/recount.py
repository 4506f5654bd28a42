"""The half-year tally counted again in plain Python over whole rows: no ORM aggregate, filter or scope of the code's.

Written from docs/domain.md alone, so that a mistake in the registry is not repeated here.
"""

from collections import defaultdict
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from accounts.models import User
from cases.models import LegalCase, ProcuratorialRecommendation, TypicalCase
from enterprises.models import Enterprise, KeyProject, Pairing, Workstream
from ledger.models import (
    ActionPlan,
    ActivityOutput,
    EntryEvent,
    KeyTask,
    ProblemEntry,
    Recovery,
    ServiceActivity,
    SurveyForm,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
# code → workstream, unit, item, value, officer, industry, (month, kind of money)
Found = dict[str, list[tuple[int | None, int | None, object, int, int | None, int | None, tuple]]]
RESOLVED = ("confirmed", "closed")
SETTLING = ("settled", "judged", "enforced")
KINDS = ("recovered", "avoided", "saved")
OPEN = ("registered", "accepted", "assigned", "handling", "deferred", "completed")
OF_NOBODY = ("key_tasks", "newly_", "moved_", "reopened", "open_", "rated_", "year_")  # and of no industry


def rows(model) -> dict[int, dict]:
    return {row["id"]: row for row in model.objects.values()}


def summed(values: list[tuple[object, int]]) -> int:
    once = {item for item, _ in values if item is not None}
    return len(once) if once else sum(value for _, value in values)


def half(day: date) -> tuple[int, bool]:
    return day.year, day.month > 6


def confirmations_that_held(history: list[dict]) -> list[dict]:
    """Those after which the entry was not opened again within the same half-year, in order."""
    return [
        event
        for at, event in enumerate(history)
        if event["action"] == "confirm"
        and not any(
            later["to_state"] not in RESOLVED and half(later["day"]) == half(event["day"]) for later in history[at:]
        )
    ]


class Recount:
    """Every figure of [first, after) as of `today`."""

    def __init__(self, first: date, after: date, today: date) -> None:
        self.first, self.after, self.today = first, after, today
        self.found: Found = defaultdict(list)
        self.sequels: dict[str, list[tuple[int | None, int | None]]] = defaultdict(list)
        self.activities, self.cases = rows(ServiceActivity), rows(LegalCase)
        self.enterprises, self.entries = rows(Enterprise), rows(ProblemEntry)
        self.people, self.projects = rows(User), rows(KeyProject)
        self.parties = LegalCase.enterprises.through.objects.order_by("id").values_list("legalcase", "enterprise")
        self.first_firms = dict(reversed(list(self.parties)))

    def inside(self, day: date | None) -> bool:
        return day is not None and self.first <= day < self.after

    def add(
        self,
        code: str,
        row: dict,
        value: int = 1,
        item: object = None,
        who: int | None = None,
        firm: int | None = None,
        industry: int | None = None,
        day: date | None = None,
        kind: str = "",
    ) -> None:
        if value:
            industry = industry or (self.enterprises[firm]["industry_id"] if firm else None)
            month = int(f"{day:%Y%m}") if day and item is None else None
            drawn = (month, KINDS.index(kind) if kind else None)
            self.found[code].append((row["workstream_id"], row["unit_id"], item, value, who, industry, drawn))

    def count(self) -> "Recount":
        self.count_activities()
        self.count_outputs()
        self.count_cases()
        self.count_money()
        self.count_entries()
        self.count_balance()
        self.count_papers()
        self.count_pairings_and_tasks()
        return self

    def shares(self) -> dict[tuple[str, str, int | None, int | None, bool], int]:
        """code, dimension, key, unit, of all units → value."""
        told: dict[tuple[str, str, int | None, int | None, bool], list] = defaultdict(list)
        for code, found in self.found.items():
            for _, unit, item, value, who, industry, (month, kind) in found:
                group = self.people[who]["work_group_id"] if who else None
                of_row = [("officer", who), ("group", group), ("industry", industry)]
                of_row += [("month", month)] if month is not None else []
                of_row += [("kind", kind)] if kind is not None else []
                for dimension, key in of_row:
                    if not code.startswith(OF_NOBODY):
                        told[code, dimension, key, unit, False].append((item, value))
                        told[code, dimension, key, None, True].append((item, value))
        return {key: summed(values) for key, values in told.items()}

    def cells(self) -> dict[tuple[str, str, int | None, int | None], int]:
        """code, level, workstream, unit → value, zeros left out except in the total."""
        told: dict[tuple[str, str, int | None, int | None], list] = defaultdict(list)
        for code, found in self.found.items():
            for workstream, unit, item, value, *_ in found:
                told[code, "cell", workstream, unit].append((item, value))
                told[code, "workstream", workstream, None].append((item, value))
                told[code, "unit", None, unit].append((item, value))
                told[code, "all", None, None].append((item, value))
        result = {key: summed(values) for key, values in told.items()}
        park = {row["slug"]: pk for pk, row in rows(Workstream).items()}["park"]
        calm = self.calm_months(park)
        if calm:
            result["park_calm_months", "workstream", park, None] = calm
            result["park_calm_months", "all", None, None] = calm
        return result

    def sequel_cells(self) -> dict[tuple[str, str, int | None, int | None], int]:
        told: dict[tuple[str, str, int | None, int | None], int] = defaultdict(int)
        for code, places in self.sequels.items():
            for matter, unit in places:
                for key in (("cell", matter, unit), ("workstream", matter, None), ("unit", None, unit)):
                    told[code, *key] += 1
                told[code, "all", None, None] += 1
        return dict(told)

    def count_activities(self) -> None:
        by_kind = {
            "leader_visit": "leader_visits",
            "department": "department_services",
            "checkup": "outreach_events",
            "outreach": "outreach_events",
            "mobilisation": "mobilisation_meetings",
            "publicity": "publicity_sessions",
        }
        covered = {
            "enterprise": "enterprises_covered",
            "association": "associations_covered",
            "self_employed": "self_employed_covered",
        }
        for row in self.activities.values():
            if not self.inside(row["happened_on"]):
                continue
            by = {"who": row["officer_id"], "firm": row["enterprise_id"], "day": row["happened_on"]}
            if row["kind"] in by_kind:
                self.add(by_kind[row["kind"]], row, row["times"], **by)
            to_someone = row["enterprise_id"] or row["project_id"]
            if to_someone and row["kind"] not in ("mobilisation", "publicity"):
                self.add("relief_services", row, row["times"], **by)
            if row["enterprise_id"]:
                kind = self.enterprises[row["enterprise_id"]]["kind"]
                self.add(covered[kind], row, item=row["enterprise_id"], **by)
            if row["project_id"]:
                by["firm"] = self.projects[row["project_id"]]["enterprise_id"]
                self.add("projects_covered", row, item=row["project_id"], **by)

    def count_outputs(self) -> None:
        by_measure = {
            "hazards": "hazards_found",
            "consultations": "legal_consultations",
            "vehicles": "vehicles_exempted",
            "leaflets": "leaflets",
            "advice": "advice_given",
        }
        for row in rows(ActivityOutput).values():
            activity = self.activities[row["activity_id"]]
            if not self.inside(activity["happened_on"]):
                continue
            by = {"who": activity["officer_id"], "firm": activity["enterprise_id"]}
            if row["measure"] in by_measure:
                self.add(by_measure[row["measure"]], activity, row["quantity"], **by)
            if row["measure"] == "attendance" and activity["kind"] == "duty":
                self.add("duty_attendance", activity, row["quantity"], **by)

    def count_cases(self) -> None:
        for row in self.cases.values():
            kind, solved, settled = row["kind"], row["result"] == "solved", row["result"] in SETTLING
            filed, closed = self.inside(row["filed_on"]), self.inside(row["closed_on"])
            for code, counts in {
                "public_interest_cases": filed and kind == "public_interest",
                "trademark_cases": filed and kind == "trademark",
                "cases_represented": filed and kind == "legal_aid",
                "disputes_mediated": closed and settled and kind == "mediation",
                "disputes_resolved": closed and settled and kind in ("mediation", "labour", "sales_contract"),
                "thefts_solved": closed and solved and kind == "theft",
                "enterprise_cases_solved": closed and solved and kind in ("theft", "fraud", "other_criminal"),
            }.items():
                if counts:
                    self.add(code, row, **self.of_case(row["id"]))
            if row["campaign_id"] and self.inside(row["detained_on"]):
                self.add("debtors_detained", row, row["detained_persons"], **self.of_case(row["id"]))

    def of_case(self, pk: int | None) -> dict:
        return {"who": self.cases[pk]["officer_id"], "firm": self.first_firms.get(pk)} if pk else {}

    def count_money(self) -> None:
        for row in rows(Recovery).values():
            if not self.inside(row["happened_on"]):
                continue
            cents = int(row["amount"] * 100)
            by = self.of_case(row["case_id"])
            if row["entry_id"]:
                entry = self.entries[row["entry_id"]]
                by = {"who": entry["handler_id"], "firm": entry["enterprise_id"]}
            if row["activity_id"]:
                activity = self.activities[row["activity_id"]]
                by = {"who": activity["officer_id"], "firm": activity["enterprise_id"]}
            by = {**by, "day": row["happened_on"], "kind": row["kind"]}
            self.add("losses_total", row, cents, **by)
            if row["kind"] == "saved":
                self.add("costs_saved", row, cents, **by)
                continue
            self.add("losses_recovered_avoided", row, cents, **by)
            if row["kind"] == "recovered":
                self.add("losses_recovered", row, cents, **by)
                case = self.cases.get(row["case_id"])
                if case and case["kind"] == "enforcement" and case["campaign_id"]:
                    self.add("enforcement_collected", row, cents, **by)

    def count_entries(self) -> None:
        """Reads every entry's whole history, as the register is read today."""
        last = date.fromordinal(self.after.toordinal() - 1)
        plan = {row["year"]: row for row in rows(ActionPlan).values()}.get(last.year)
        events = defaultdict(list)
        for event in rows(EntryEvent).values():
            events[event["entry_id"]].append({**event, "day": event["occurred_at"].astimezone(SHANGHAI).date()})
        for pk, history in events.items():
            history.sort(key=lambda event: event["seq"])
            registered, is_open = history[0], history[-1]["to_state"] not in RESOLVED
            if self.inside(registered["day"]):
                self.add("entries_registered", self.at(registered), **self.of_entry(pk), day=registered["day"])
            for place, event in enumerate(confirmations_that_held(history)):
                if place == 0 and plan and plan["concentrated_from"] <= event["day"] <= last:
                    self.add("concentrated_resolved", self.at(event), **self.of_entry(pk))
                if self.inside(event["day"]):
                    self.count_resolved(event, again=place > 0, is_open=is_open)

    def count_resolved(self, event: dict, *, again: bool, is_open: bool) -> None:
        entry, by = self.at(event), {**self.of_entry(event["entry_id"]), "day": event["day"]}
        if again:
            self.beside("resolved_again", entry)
            return
        self.add("problems_resolved", entry, **by)
        if is_open:
            self.beside("open_again", entry)
        activity = self.activities.get(entry["source_activity_id"])
        at_a_visit = activity is not None and activity["kind"] == "leader_visit"
        if at_a_visit or entry["source"] == "inspection" or entry["led_by"]:
            self.add("leader_resolved", entry, **by)

    def at(self, event: dict) -> dict:
        """The entry, of the unit that answered for it then."""
        return {**self.entries[event["entry_id"]], "unit_id": event["unit_id"]}

    def of_entry(self, pk: int) -> dict:
        return {"who": self.entries[pk]["handler_id"], "firm": self.entries[pk]["enterprise_id"]}

    def beside(self, code: str, row: dict) -> None:
        """What is told beside a figure and is none itself."""
        self.sequels[code].append((row["workstream_id"], row["unit_id"]))

    def count_balance(self) -> None:
        """Follows every entry through the period as a clerk would, line by line in the register."""
        histories = defaultdict(list)
        for event in rows(EntryEvent).values():
            histories[event["entry_id"]].append(event)
        for pk, history in histories.items():
            days = [(event["occurred_at"].astimezone(SHANGHAI).date(), event) for event in history]
            told = sorted(((day, event) for day, event in days if day < self.after), key=lambda pair: pair[1]["seq"])
            if not told:
                continue
            old, new = [event for day, event in told if day < self.first], [e for d, e in told if d >= self.first]
            last = told[-1][1]
            begun, ended = (old[-1] if old else None), last["to_state"]
            was_open = begun is not None and begun["to_state"] in OPEN
            from_unit = (begun or told[0][1])["unit_id"]
            came_back = begun is not None and not was_open and any(event["to_state"] in OPEN for event in new)
            moved = (was_open or begun is None) and from_unit != last["unit_id"]
            settled = was_open or begun is None or came_back
            of_year, carried = self.in_this_years_ledger(told)
            for code, unit, counts in (
                ("open_before", from_unit, was_open),
                ("newly_registered", from_unit, begun is None),
                ("moved_in", last["unit_id"], moved),
                ("moved_out", from_unit, moved),
                ("reopened", last["unit_id"], came_back),
                ("newly_resolved", last["unit_id"], settled and ended in ("confirmed", "closed")),
                ("newly_excluded", last["unit_id"], settled and ended in ("rejected", "duplicate")),
                ("open_after", last["unit_id"], ended in OPEN),
                ("rated_total", last["unit_id"], ended not in ("rejected", "duplicate")),
                ("rated_completed", last["unit_id"], ended in ("completed", "confirmed", "closed")),
                ("rated_resolved", last["unit_id"], ended in ("confirmed", "closed")),
                *[(f"rated_{word}", last["unit_id"], ended == word) for word in ("rejected", "duplicate", "deferred")],
                ("year_total", last["unit_id"], of_year and ended not in ("rejected", "duplicate")),
                ("year_completed", last["unit_id"], of_year and ended in ("completed", "confirmed", "closed")),
                ("year_resolved", last["unit_id"], of_year and ended in ("confirmed", "closed")),
                *[
                    (f"year_{word}", last["unit_id"], of_year and ended == word)
                    for word in ("rejected", "duplicate", "deferred")
                ],
                ("year_carried", last["unit_id"], carried),
            ):
                if counts:
                    self.add(code, {**self.entries[pk], "unit_id": unit})

    def in_this_years_ledger(self, told: list) -> tuple[bool, bool]:
        """本年度台账 of the year the period ends in: registered in it, or unresolved on 1 January (历年结转)."""
        new_year = date((self.after - timedelta(days=1)).year, 1, 1)
        if told[0][0] >= new_year:
            return True, False
        carried = [event for day, event in told if day < new_year][-1]["to_state"] in OPEN
        return carried, carried

    def count_papers(self) -> None:
        for code, model, day in (
            ("procuratorial_recommendations", ProcuratorialRecommendation, "issued_on"),
            ("typical_cases", TypicalCase, "published_on"),
            ("survey_forms", SurveyForm, "visited_on"),
        ):
            for row in rows(model).values():
                if not self.inside(row[day]):
                    continue
                if model is SurveyForm:
                    by = {"who": row["officer_id"], "firm": row["enterprise_id"], "industry": row["industry_id"]}
                else:
                    by = self.of_case(row["case_id"])
                self.add(code, row, **by)

    def count_pairings_and_tasks(self) -> None:
        last = date.fromordinal(self.after.toordinal() - 1)
        for row in rows(Pairing).values():
            firm = self.enterprises.get(row["enterprise_id"])
            in_force = row["starts_on"] <= last and (row["ends_on"] is None or row["ends_on"] >= last)
            if firm and firm["is_above_scale"] and in_force:
                place = {"workstream_id": firm["workstream_id"], "unit_id": self.people[row["officer_id"]]["unit_id"]}
                self.add("paired_above_scale", place, item=firm["id"], who=row["officer_id"], firm=firm["id"])
        plans = rows(ActionPlan)
        for row in rows(KeyTask).values():
            if self.first.year <= plans[row["plan_id"]]["year"] <= last.year:
                self.add("key_tasks", {"workstream_id": None, "unit_id": row["lead_unit_id"]})

    def calm_months(self, park: int) -> int:
        months = []
        year, month = self.first.year, self.first.month
        while (date(year, month + 1, 1) if month < 12 else date(year + 1, 1, 1)) <= self.after:
            if date(year, month, 1) >= self.first:
                months.append((year, month))
            year, month = (year, month + 1) if month < 12 else (year + 1, 1)
        broken = {
            (row["filed_on"].year, row["filed_on"].month)
            for row in self.cases.values()
            if row["kind"] == "public_security" and row["workstream_id"] == park
        }
        over = [
            (year, month)
            for year, month in months
            if self.today >= (date(year, month + 1, 1) if month < 12 else date(year + 1, 1, 1))
        ]
        return len([month for month in over if month not in broken])
