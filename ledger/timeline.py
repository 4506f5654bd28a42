"""Visits, problems, money and survey forms in the story of an enterprise or project."""

from typing import Any

from django.db.models import Q, Sum
from django.urls import reverse

from cases.models import LegalCase
from common.money import in_wan
from enterprises.models import Enterprise, Workstream
from enterprises.timeline import Figure, Subject, TimelineEvent
from ledger.models import ProblemEntry, Recovery, ServiceActivity, SurveyForm
from ledger.states import EntryState


def about(subject: Subject) -> str:
    """The column that points at the subject."""
    return "enterprise" if isinstance(subject, Enterprise) else "project"


def listed(view: str, workstream: Workstream) -> str:
    return f"{reverse(view)}?workstream={workstream.pk}"


class Visits:
    key, label, icon, order = "visits", "服务活动", "walk", 10

    def events(self, subject: Subject, user: Any, limit: int) -> list[TimelineEvent]:
        rows = ServiceActivity.objects.visible_to(user).filter(**{about(subject): subject})
        rows = rows.select_related("unit", "officer").order_by("-happened_on", "-pk")[:limit]
        return [self.event(activity) for activity in rows]

    def event(self, activity: ServiceActivity) -> TimelineEvent:
        who = f"{activity.unit.label}{activity.officer.name if activity.officer else ''}"
        return TimelineEvent(
            on=activity.happened_on,
            kind=self.key,
            title=f"{activity.get_kind_display()} · {who}",
            words=activity.summary,
            url=reverse("ledger:activity-detail", kwargs={"pk": activity.pk}),
            state=f"{activity.led_by}带队" if activity.led_by else "",
        )

    def figure(self, workstream: Workstream, user: Any) -> Figure:
        count = ServiceActivity.objects.visible_to(user).filter(workstream=workstream).count()
        return Figure("服务活动", f"{count} 条", listed("ledger:activity-list", workstream), self.icon)


class Problems:
    key, label, icon, order = "problems", "问题", "clipboard-list", 20

    def events(self, subject: Subject, user: Any, limit: int) -> list[TimelineEvent]:
        rows = ProblemEntry.objects.visible_to(user).filter(**{about(subject): subject})
        rows = rows.select_related("unit", "lead_unit").order_by("-registered_on", "-pk")[:limit]
        return [self.event(entry) for entry in rows]

    def event(self, entry: ProblemEntry) -> TimelineEvent:
        state = EntryState(entry.state)
        lead = f"，{entry.lead_unit.label}牵头" if entry.lead_unit else ""
        return TimelineEvent(
            on=entry.registered_on,
            kind=self.key,
            title=f"{entry.number} {entry.title}",
            words=f"{entry.unit.label}登记{lead}",
            url=reverse("ledger:entry-detail", kwargs={"pk": entry.pk}),
            state=str(state.label),
            colour=state.colour,
        )

    def figure(self, workstream: Workstream, user: Any) -> Figure:
        rows = ProblemEntry.objects.visible_to(user).filter(workstream=workstream)
        return Figure("问题台账", f"{rows.count()} 条", listed("ledger:entry-list", workstream), self.icon)


class Money:
    key, label, icon, order = "money", "挽回损失", "coin-yuan", 40

    def events(self, subject: Subject, user: Any, limit: int) -> list[TimelineEvent]:
        column = about(subject)
        party = {"enterprises": subject} if column == "enterprise" else {"project": subject}
        rule = Q(case__in=LegalCase.objects.visible_to(user).filter(**party).values("pk"))
        rule |= Q(**{f"entry__{column}": subject}) | Q(**{f"activity__{column}": subject})
        rows = Recovery.objects.visible_to(user).filter(rule).select_related("case", "entry", "activity", "unit")
        return [self.event(recovery) for recovery in rows.order_by("-happened_on", "-pk")[:limit]]

    def event(self, recovery: Recovery) -> TimelineEvent:
        views = {"case": "cases:case-detail", "entry": "ledger:entry-detail", "activity": "ledger:activity-detail"}
        name = next(name for name in views if getattr(recovery, f"{name}_id"))
        return TimelineEvent(
            on=recovery.happened_on,
            kind=self.key,
            title=f"{recovery.get_kind_display()} {in_wan(recovery.amount)}",
            words="，".join(part for part in (recovery.basis, recovery.unit.label) if part),
            url=reverse(views[name], kwargs={"pk": getattr(recovery, f"{name}_id")}),
        )

    def figure(self, workstream: Workstream, user: Any) -> Figure:
        rows = Recovery.objects.visible_to(user).filter(workstream=workstream)
        total = rows.aggregate(total=Sum("amount"))["total"]
        value = in_wan(total) if total else "0 元"
        return Figure("挽回和避免损失", value, listed("ledger:recovery-list", workstream), self.icon)


class Surveys:
    key, label, icon, order = "surveys", "调查表", "file-description", 50

    def events(self, subject: Subject, user: Any, limit: int) -> list[TimelineEvent]:
        if not isinstance(subject, Enterprise):
            return []
        rows = SurveyForm.objects.visible_to(user).filter(enterprise=subject).select_related("unit")
        return [self.event(form) for form in rows.order_by("-visited_on", "-pk")[:limit]]

    def event(self, form: SurveyForm) -> TimelineEvent:
        return TimelineEvent(
            on=form.visited_on,
            kind=self.key,
            title=f"征求意见调查表 · {form.unit.label}{form.officer_name}",
            words=form.appeal or form.suggestion,
            url=reverse("ledger:survey-detail", kwargs={"pk": form.pk}),
            state=form.get_satisfaction_display() if form.satisfaction else "",
        )

    def figure(self, workstream: Workstream, user: Any) -> Figure:
        count = SurveyForm.objects.visible_to(user).filter(workstream=workstream).count()
        return Figure("调查表", f"{count} 份", listed("ledger:survey-list", workstream), self.icon)
