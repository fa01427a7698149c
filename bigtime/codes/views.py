"""Labor codes, classes, payroll items and general ledger accounts, for administrators and accountants."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse

from bigtime.core.bulk import archive_or_restore
from bigtime.core.editing import edit
from bigtime.firm.access import BOOKKEEPERS, FirmRequest, firm_view

from . import services
from .forms import LaborCodeForm
from .lists import AccountList, ClassList, LaborCodeList, PayrollItemList
from .models import LaborCode

FORM = ("GET", "HEAD", "POST")


@firm_view(*BOOKKEEPERS)
def code_list(request: FirmRequest) -> HttpResponseBase:
    new = reverse("codes:new")
    codes = LaborCodeList(request)
    codes.empty = {**codes.empty, "url": new}
    return codes.respond("codes/list.html", title="Labor codes", new_url=new, new_label="New labor code")


@firm_view(*BOOKKEEPERS)
def account_list(request: FirmRequest) -> HttpResponseBase:
    return AccountList(request).respond("codes/list.html", title="Accounts")


@firm_view(*BOOKKEEPERS)
def class_list(request: FirmRequest) -> HttpResponseBase:
    return ClassList(request).respond("codes/list.html", title="Classes")


@firm_view(*BOOKKEEPERS)
def payroll_item_list(request: FirmRequest) -> HttpResponseBase:
    return PayrollItemList(request).respond("codes/list.html", title="Payroll items")


@firm_view(*BOOKKEEPERS, methods=FORM)
def code_new(request: FirmRequest) -> HttpResponse:
    return _edit(request, LaborCode(), said="{} was added.", title="New labor code", save="Add labor code")


@firm_view(*BOOKKEEPERS, methods=FORM)
def code_edit(request: FirmRequest, pk: int) -> HttpResponse:
    code = get_object_or_404(LaborCode.objects.for_firm(request.firm), pk=pk)
    return _edit(request, code, said="{} was saved.", title=f"Labor code {code}")


@firm_view(*BOOKKEEPERS, methods=("POST",))
def code_bulk(request: FirmRequest) -> HttpResponse:
    def put(rows: QuerySet[Any], *, active: bool) -> str:
        count = services.set_active(firm=request.firm, codes=rows, active=active)
        codes = "1 labor code" if count == 1 else f"{count} labor codes"
        return f"{codes} {'restored' if active else 'archived. Time that carries them stays'}."

    archive, restore = partial(put, active=False), partial(put, active=True)
    back = reverse("codes:list")
    return archive_or_restore(request, LaborCodeList, back, "labor code", archive=archive, restore=restore)


def _edit(request: FirmRequest, code: LaborCode, *, said: str, title: str, save: str = "Save") -> HttpResponse:
    back = reverse("codes:list")
    form = LaborCodeForm(request.POST or None, instance=code, firm=request.firm)
    return edit(request, form, "lists/form_page.html", then=lambda c: back, said=said, title=title, back_url=back,
                back_label="Labor codes", save_label=save, place="code_detail")  # fmt: skip
