"""Staff: managers read, administrators and accountants edit."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from bigtime.core.bulk import archive_or_restore
from bigtime.core.editing import edit
from bigtime.firm.access import BOOKKEEPERS, MANAGERS, FirmRequest, firm_view

from . import services
from .forms import StaffForm
from .lists import StaffList
from .models import Staff

FORM = ("GET", "HEAD", "POST")
PAGE = "lists/form_page.html"


@firm_view(*MANAGERS)
def staff_list(request: FirmRequest) -> HttpResponseBase:
    people = StaffList(request)
    new = reverse("staff:new") if people.edits else ""
    people.empty = {**people.empty, "url": new}
    return people.respond("lists/page.html", title="Staff", new_url=new, new_label="New staff member")


@firm_view(*MANAGERS)
def staff_detail(request: FirmRequest, pk: int) -> HttpResponse:
    rows = Staff.objects.for_firm(request.firm).select_related("manager", "user", "tracking_class", "payroll_item")
    person = get_object_or_404(rows, pk=pk)
    edits = request.membership.role in BOOKKEEPERS
    return render(request, "staff/staff_detail.html", {"person": person, "edits": edits})


@firm_view(*BOOKKEEPERS, methods=FORM)
def staff_new(request: FirmRequest) -> HttpResponse:
    form = StaffForm(request.POST or None, firm=request.firm)
    return edit(request, form, PAGE, then=_url, said="{} was added.", title="New staff member",
                back_url=reverse("staff:list"), back_label="Staff", save_label="Add staff member")  # fmt: skip


@firm_view(*BOOKKEEPERS, methods=FORM)
def staff_edit(request: FirmRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(Staff.objects.for_firm(request.firm), pk=pk)
    form = StaffForm(request.POST or None, instance=person, firm=request.firm)
    return edit(request, form, PAGE, then=_url, said="{} was saved.", title="Edit staff member", back_url=_url(person),
                back_label=person.name, up_url=reverse("staff:list"), up_label="Staff")  # fmt: skip


@firm_view(*BOOKKEEPERS, methods=("POST",))
def staff_bulk(request: FirmRequest) -> HttpResponse:
    def put(rows: QuerySet[Any], *, active: bool) -> str:
        count = services.set_active(firm=request.firm, staff=rows, active=active)
        people = "1 staff member" if count == 1 else f"{count} staff members"
        return f"{people} {'restored' if active else 'archived. Their time stays'}."

    archive, restore = partial(put, active=False), partial(put, active=True)
    return archive_or_restore(
        request, StaffList, reverse("staff:list"), "staff member", archive=archive, restore=restore
    )


def _url(person: Staff) -> str:
    return reverse("staff:detail", args=[person.pk])
