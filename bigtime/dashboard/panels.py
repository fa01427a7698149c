"""Time on the pages of a client, a project and a person: those pages lie below timesheets and can't ask for it."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Max, Q, QuerySet, Sum
from django.http import HttpRequest

from bigtime.core.slots import Slot
from bigtime.timesheets.models import TimeEntry, Timesheet

RECENT = 10


def totals(entries: QuerySet[Any]) -> dict[str, Any]:
    """Minutes in all, billable, and approved; when the last was worked."""
    return entries.aggregate(
        total=Sum("minutes", default=0),
        billable=Sum("minutes", filter=Q(is_billable=True), default=0),
        approved=Sum("minutes", filter=Q(timesheet__status=Timesheet.Status.APPROVED), default=0),
        last=Max("work_date"),
    )


def recent(entries: QuerySet[Any]) -> QuerySet[Any]:
    joined = entries.select_related("staff", "project__client", "task", "labor_code", "timesheet")
    return joined.order_by("-work_date", "-pk")[:RECENT]


def client_time(request: HttpRequest, client: Any) -> dict[str, Any]:
    entries = TimeEntry.objects.filter(firm_id=client.firm_id, project__client=client)
    by_project = (
        entries.order_by()
        .values("project", "project__name")
        .annotate(total=Sum("minutes"), billable=Sum("minutes", filter=Q(is_billable=True), default=0))
        .order_by("-total")
    )
    return {"totals": totals(entries), "by_project": by_project, "recent": recent(entries), "who": True, "where": True}


def project_time(request: HttpRequest, project: Any) -> dict[str, Any]:
    entries = TimeEntry.objects.filter(firm_id=project.firm_id, project=project)
    people = entries.order_by().values("staff__name").annotate(total=Sum("minutes"), days=Count("work_date"))
    return {
        "totals": totals(entries),
        "by_staff": people.order_by("-total")[:20],
        "recent": recent(entries),
        "who": True,
    }


def staff_time(request: HttpRequest, person: Any) -> dict[str, Any]:
    entries = TimeEntry.objects.filter(firm_id=person.firm_id, staff=person)
    return {"totals": totals(entries), "recent": recent(entries), "where": True}


SLOTS = (
    Slot("client_detail_main", "dashboard/_time.html", client_time, 50),
    Slot("project_detail_main", "dashboard/_time.html", project_time, 50),
    Slot("staff_detail_main", "dashboard/_time.html", staff_time, 50),
)
