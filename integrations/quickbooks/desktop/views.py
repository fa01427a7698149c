"""QuickBooks Desktop's pages: the one that shows how it is, the steps to connect, downloads, help, and the end."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache

from bigtime.firm.access import ADMINISTRATORS, FirmRequest, firm_view
from integrations.connected import forget
from integrations.models import Operation
from integrations.options import Options
from integrations.sync import guard
from integrations.sync.errors import AccountingError

from . import downloads, overview, qwc, services, setup
from .models import Agent, Channel


def _missing(request: FirmRequest) -> HttpResponse:
    messages.info(request, "QuickBooks Desktop isn't enabled.")
    return redirect("quickbooks_desktop:enable")


@firm_view(*ADMINISTRATORS)
@never_cache
def manage(request: FirmRequest) -> HttpResponse:
    """State, computers, company file, last and next check, requests waiting, activity."""
    channel = services.current(request.firm)
    if channel is None:
        return redirect("quickbooks_desktop:enable")
    state = guard.state(channel.connection)
    shown = overview.of(channel)
    steps = setup.steps(channel, [each.agent for each in shown["computers"]], shown["run"])
    context = shown | {
        "options": Options.of(channel.connection),
        "steps": steps,
        "ready": setup.is_done(steps),
        "guarded": guard.SENTENCES.get(state, ""),
        "elsewhere": state == guard.ELSEWHERE,
    }
    return render(request, "quickbooks_desktop/manage.html", context)


@firm_view(*ADMINISTRATORS)
@never_cache
def live(request: FirmRequest) -> HttpResponse:
    """The part of the page that changes by itself; opened alone it is the page."""
    channel = services.current(request.firm)
    if channel is None or not request.htmx:
        return redirect("quickbooks_desktop:manage")
    return render(request, "quickbooks_desktop/_live.html", overview.of(channel))


@firm_view(*ADMINISTRATORS, methods=("GET", "HEAD", "POST"))
@never_cache
def enable(request: FirmRequest) -> HttpResponse:
    """**Enable**, and then the steps, each ticked off as it happens."""
    channel = services.current(request.firm)
    if request.method == "POST":
        try:
            services.enable(firm=request.firm, by=request.user)
        except AccountingError as refused:
            messages.error(request, refused.message)
            return redirect("integrations:list")
        forget(request.firm)
        return redirect("quickbooks_desktop:enable")
    context: dict[str, Any] = {"channel": channel, "last": services.last_connection(request.firm)}
    if channel is not None:
        context |= _steps(channel)
    return render(request, "quickbooks_desktop/enable.html", context)


def _steps(channel: Channel) -> dict[str, Any]:
    shown = setup.of(channel)
    return {
        "channel": channel,
        "steps": shown,
        "ready": setup.is_done(shown),
        "files": downloads.offered(),
        "objection": qwc.objection(),
    }


@firm_view(*ADMINISTRATORS)
@never_cache
def steps(request: FirmRequest) -> HttpResponse:
    """The steps alone, asked for every few seconds until the last is done."""
    channel = services.current(request.firm)
    if channel is None or not request.htmx:
        return redirect("quickbooks_desktop:enable")
    context = _steps(channel)
    return render(request, "quickbooks_desktop/_steps.html", context, status=286 if context["ready"] else 200)


@firm_view(*ADMINISTRATORS, methods=("POST",))
def grant(request: FirmRequest) -> HttpResponse:
    channel = services.current(request.firm)
    if channel is None:
        return _missing(request)
    services.grant(channel=channel, by=request.user)
    return redirect("quickbooks_desktop:enable")


@firm_view(*ADMINISTRATORS)
def download(request: FirmRequest, name: str) -> HttpResponseBase:
    """The Sync Agent, as this installation has it."""
    found = next((each for each in downloads.offered() if each.name == name), None)
    if found is None:
        raise Http404
    return FileResponse(found.path.open("rb"), as_attachment=True, filename=found.name)


@firm_view(*ADMINISTRATORS, methods=("POST",))
@never_cache
def web_connector(request: FirmRequest) -> HttpResponse:
    """Makes a Web Connector's name and password; the password is on this page only, once."""
    channel = services.current(request.firm)
    if channel is None:
        return _missing(request)
    try:
        agent, secret = services.register(
            channel=channel, by=request.user, computer="Web Connector", kind=Agent.Kind.WEB_CONNECTOR
        )
    except AccountingError as refused:
        messages.error(request, refused.message)
        return redirect("quickbooks_desktop:enable")
    context = {"agent": agent, "secret": secret, "objection": qwc.objection()}
    return render(request, "quickbooks_desktop/web_connector.html", context)


def _agent_or_404(request: FirmRequest, pk: int) -> Agent:
    mine = Agent.objects.valid().filter(channel__connection__firm=request.firm)
    return get_object_or_404(mine.select_related("channel__connection__firm"), pk=pk)


@firm_view(*ADMINISTRATORS)
def qwc_file(request: FirmRequest, pk: int) -> HttpResponse:
    agent = _agent_or_404(request, pk)
    if agent.kind != Agent.Kind.WEB_CONNECTOR:
        raise Http404
    headers = {"Content-Disposition": 'attachment; filename="bigtime.qwc"'}
    return HttpResponse(qwc.document(agent), content_type=qwc.CONTENT_TYPE, headers=headers)


@firm_view(*ADMINISTRATORS, methods=("POST",))
def computer(request: FirmRequest, pk: int) -> HttpResponse:
    """One computer: made the active one, paused, resumed, or removed."""
    agent = _agent_or_404(request, pk)
    what = request.POST.get("do")
    if what == "activate":
        services.take_over(agent=agent)
        messages.success(request, f"{agent} is the active computer now.")
    elif what in ("pause", "resume"):
        services.pause(agent=agent, paused=what == "pause")
    elif what == "remove":
        services.revoke(agent=agent)
        messages.success(request, f"{agent} was removed. It has to sign in again before it can do anything.")
    return redirect("quickbooks_desktop:manage")


@firm_view(*ADMINISTRATORS)
def troubleshooting(request: FirmRequest) -> HttpResponse:
    return render(request, "quickbooks_desktop/help.html", {"channel": services.current(request.firm)})


@firm_view(*ADMINISTRATORS, methods=("GET", "HEAD", "POST"))
def disable(request: FirmRequest) -> HttpResponse:
    """Says what stays and what goes, then does it."""
    channel = services.current(request.firm)
    if channel is None:
        messages.info(request, "QuickBooks Desktop isn't enabled.")
        return redirect("integrations:list")
    connection = channel.connection
    if request.method != "POST":
        queued = Operation.objects.filter(connection=connection).open().count()
        return render(request, "quickbooks_desktop/disable.html", {"connection": connection, "queued": queued})
    services.disable(connection=connection)
    forget(request.firm)
    messages.success(request, f"Disabled. {connection} can be enabled again at any time; every link is kept.")
    return redirect("integrations:list")
