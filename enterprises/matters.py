"""What the pages of the six big matters (六件大事) and their work groups need."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, Prefetch, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import User, WorkGroup
from enterprises.models import Enterprise, KeyProject, Workstream
from enterprises.timeline import Figure, figures

FIRST = 10


@dataclass(frozen=True)
class WorkstreamPage:
    """A matter's people, first projects and enterprises, and what the reader may see of its work."""

    members: list[User]
    projects: list[KeyProject]
    enterprises: list[Enterprise]
    figures: list[Figure]


def workstream_cards(user: Any) -> QuerySet:
    """The matters with group and head, and how many projects, enterprises and members each has."""
    here = {"workstream": OuterRef("pk"), "is_active": True}
    counts = {
        "project_count": how_many(KeyProject.objects.visible_to(user).filter(**here), "workstream"),
        "enterprise_count": how_many(Enterprise.objects.visible_to(user).filter(**here), "workstream"),
        "member_count": how_many(members().filter(work_group=OuterRef("work_group")), "work_group"),
    }
    rows = Workstream.objects.visible_to(user).select_related("work_group__head__unit")
    return rows.annotate(**counts).order_by("order", "pk")


def how_many(rows: QuerySet, by: str) -> Coalesce:
    """A count by subquery: two joined counts would multiply each other."""
    count = rows.order_by().values(by).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(count, output_field=IntegerField()), 0)


def workstream_page(workstream: Workstream, user: Any) -> WorkstreamPage:
    mine = {"workstream": workstream, "is_active": True}
    projects = KeyProject.objects.visible_to(user).filter(**mine).select_related("lead_unit")
    return WorkstreamPage(
        members=list(members().filter(work_group=workstream.work_group)) if workstream.work_group else [],
        projects=list(projects.order_by("name", "pk")[:FIRST]),
        enterprises=list(Enterprise.objects.visible_to(user).filter(**mine).order_by("name", "pk")[:FIRST]),
        figures=figures(workstream, user),
    )


def members() -> QuerySet:
    """The colleagues' directory: a work group's people come from several units and all may know them."""
    return User.objects.working().select_related("unit").order_by("unit__order", "username")


def work_groups(user: Any) -> QuerySet:
    rows = WorkGroup.objects.visible_to(user).filter(is_active=True).select_related("head__unit", "workstream")
    return rows.prefetch_related(Prefetch("members", members(), to_attr="people")).order_by("workstream__order", "pk")
