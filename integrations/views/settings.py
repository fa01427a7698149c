"""The settings of the books a firm is connected to, in tabs; the same page for every accounting system."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from bigtime.core.picking import is_search, searched
from bigtime.firm.access import ADMINISTRATORS, FirmRequest, firm_view
from integrations import registry
from integrations.connected import books_of
from integrations.models import Connection
from integrations.sync import choosing
from integrations.system_pages import page_of

from .setting_forms import TABS, TabForm

STALE = (
    "Since this page was opened these settings were saved elsewhere, or other books were connected. Nothing was "
    "saved now: these are the settings of {}."
)


@firm_view(*ADMINISTRATORS, methods=("GET", "HEAD", "POST"))
def settings(request: FirmRequest, tab: str = TABS[0].key) -> HttpResponse:
    """Also for books that were disabled: what timesheets use is the firm's, connected or not."""
    connection = books_of(request.firm)
    form_class = next((each for each in TABS if each.key == tab), None)
    if form_class is None:
        raise Http404("There is no such tab.")
    if connection is None:
        return render(request, "integrations/not_connected.html")
    form = form_class(request.POST or None, connection=connection, firm=request.firm)
    if form.is_stale:
        messages.warning(request, STALE.format(connection))
        return redirect("integrations:settings_tab", form.key)
    if request.method == "POST" and is_search(form):
        searched(form)
        return _page(request, connection, form)
    if request.method == "POST" and form.is_valid():
        return _save(request, connection, form)
    return _page(request, connection, form, status=422 if form.is_bound else 200)


def _page(request: FirmRequest, connection: Connection, form: TabForm, status: int = 200) -> HttpResponse:
    context = {
        "connection": connection,
        "system": registry.get(connection.system),
        "manage_url": page_of(connection, "manage"),
        "tabs": [(each.key, each.label) for each in TABS],
        "form": form,
        "classes_off": form.key == "general" and connection.facts.get("classes") is False,
    }
    return render(request, "integrations/settings.html", context, status=status)


def _save(request: FirmRequest, connection: Connection, form: TabForm) -> HttpResponse:
    options, firm = form.chosen
    anew = choosing.choose(connection=connection, options=options, firm=firm)
    later = " Customers and jobs follow with the next sync." if anew else ""
    messages.success(request, f"The settings were saved.{later}")
    return redirect("integrations:settings_tab", form.key)
