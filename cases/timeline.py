"""Cases in the story of an enterprise or project."""

from typing import Any

from django.urls import reverse

from cases.models import CaseState, LegalCase
from enterprises.models import Enterprise, Workstream
from enterprises.timeline import Figure, Subject, TimelineEvent


class Cases:
    key, label, icon, order = "cases", "案件", "gavel", 30

    def events(self, subject: Subject, user: Any, limit: int) -> list[TimelineEvent]:
        about = {"enterprises": subject} if isinstance(subject, Enterprise) else {"project": subject}
        rows = LegalCase.objects.visible_to(user).filter(**about).select_related("unit")
        return [self.event(case) for case in rows.order_by("-filed_on", "-pk")[:limit]]

    def event(self, case: LegalCase) -> TimelineEvent:
        ended = case.state == CaseState.CLOSED
        result = case.get_result_display() if case.result else case.get_state_display()
        return TimelineEvent(
            on=case.filed_on,
            kind=self.key,
            title=f"{case.get_kind_display()} {case.number}",
            words="，".join(part for part in (case.title, f"{case.unit.label}承办") if part),
            url=reverse("cases:case-detail", kwargs={"pk": case.pk}),
            state=result if ended else case.get_state_display(),
            colour="secondary" if ended else "blue",
        )

    def figure(self, workstream: Workstream, user: Any) -> Figure:
        count = LegalCase.objects.visible_to(user).filter(workstream=workstream).count()
        return Figure("涉企案件", f"{count} 件", f"{reverse('cases:case-list')}?workstream={workstream.pk}", self.icon)
