"""Every address of the product, read from the URL configuration, with what a test needs to ask it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from django.views.generic import RedirectView

from bigtime.core.models import SavedView
from bigtime.firm.models import Firm, Invitation, Role
from integrations.models import Operation, SyncRun
from integrations.quickbooks.desktop.models import Agent, Channel
from posting.models import Batch
from tests.factories import (
    ClientFactory,
    ConnectionFactory,
    LaborCodeFactory,
    MembershipFactory,
    ProjectFactory,
    RemoteRecordFactory,
    StaffFactory,
    TaskFactory,
    TimesheetFactory,
)

ROLES = tuple(Role.values)

# Open to anyone, on purpose. The accounts pages are allauth's, which has its own tests of them.
PUBLIC = frozenset({"healthz", "readyz", "styleguide"})
# Called by programs with names and secrets of their own; tests/integrations/desktop shows what they refuse.
PROGRAMS = frozenset(
    {
        "quickbooks_desktop:soap",
        "quickbooks_desktop:support",
        *(
            f"quickbooks_desktop:agent_{name}"
            for name in (*("sign_in", "register", "company", "heartbeat", "sync_now", "pause", "report", "sign_out"),)
        ),
    }
)
# Addresses that a signed-in person opens outside any firm's data, each with its own tests.
PERSONAL: frozenset[str] = frozenset({"firm:theme", "firm:switch", "firm:invitation"})


def _task(firm: Firm) -> dict[str, Any]:
    task = TaskFactory.create(firm=firm)
    return {"pk": task.project_id, "task_pk": task.pk}


def _run(firm: Firm) -> dict[str, Any]:
    return {"pk": SyncRun.objects.create(connection=ConnectionFactory.create(firm=firm), state="done").pk}


def _operation(firm: Firm) -> dict[str, Any]:
    marker = f"~{uuid.uuid4().hex[:10].upper()}"
    connection = ConnectionFactory.create(firm=firm)
    values = {"entity": "time_entry", "local_model": "timesheets.timeentry", "local_id": 1, "marker": marker}
    return {"pk": Operation.objects.create(connection=connection, state="rejected", **values).pk}


def _batch(firm: Firm) -> dict[str, Any]:
    return {"pk": Batch.objects.create(firm=firm, connection=ConnectionFactory.create(firm=firm)).pk}


def _agent(kind: str) -> Callable[[Firm], dict[str, Any]]:
    def make(firm: Firm) -> dict[str, Any]:
        connection = ConnectionFactory.create(firm=firm, system="quickbooks_desktop")
        agent = Agent.objects.create(
            channel=Channel.objects.create(connection=connection), kind=kind, username=uuid.uuid4().hex
        )
        return {"pk": agent.pk}

    return make


def _key(factory: Any) -> Callable[[Firm], dict[str, Any]]:
    return lambda firm: {"pk": factory.create(firm=firm).pk}


def _remote(firm: Firm) -> dict[str, Any]:
    return {"pk": RemoteRecordFactory.create(connection=ConnectionFactory.create(firm=firm)).pk}


def _ours(firm: Firm) -> dict[str, Any]:
    ConnectionFactory.create(firm=firm)
    return {"model": "clients.client", "pk": ClientFactory.create(firm=firm).pk}


def _day(firm: Firm) -> dict[str, Any]:
    return {"day": date(2026, 11, 16)}


def _invitation(firm: Firm) -> dict[str, Any]:
    now = timezone.now()
    values = {"email": f"{uuid.uuid4().hex}@example.com", "nonce": uuid.uuid4().hex}
    return {"pk": Invitation.objects.create(firm=firm, sent_at=now, expires_at=now + timedelta(days=7), **values).pk}


def _membership(firm: Firm) -> dict[str, Any]:
    return {"pk": MembershipFactory.create(firm=firm).pk}


def _view(firm: Firm) -> dict[str, Any]:
    """A view that is shared, so that administrators may change it; others' own ones are nobody else's."""
    member = MembershipFactory.create(firm=firm)
    return {
        "pk": SavedView.objects.create(firm=firm, owner=member.user, list="any", name=uuid.uuid4().hex, shared=True).pk
    }


def _other_company(firm: Firm) -> dict[str, Any]:
    return {"pk": ConnectionFactory.create(firm=firm, status="disabled").pk}


# How to make what an address's ids stand for, in a given firm. An address with an id that isn't here fails the test.
SUBJECTS: dict[str, Callable[[Firm], dict[str, Any]]] = {
    "clients:client_detail": _key(ClientFactory),
    "clients:client_edit": _key(ClientFactory),
    "clients:project_detail": _key(ProjectFactory),
    "clients:project_edit": _key(ProjectFactory),
    "clients:task_new": _key(ProjectFactory),
    "clients:task_edit": _task,
    "clients:task_bulk": _key(ProjectFactory),
    "staff:detail": _key(StaffFactory),
    "staff:edit": _key(StaffFactory),
    "codes:edit": _key(LaborCodeFactory),
    "firm:role": _membership,
    "firm:state": _membership,
    "firm:view": _view,
    "firm:view_keep": _view,
    "firm:view_default": _view,
    "firm:view_delete": _view,
    "firm:pick": lambda firm: {"kind": "client"},
    "firm:invite_again": _invitation,
    "firm:withdraw": _invitation,
    "timesheets:day": _day,
    "timesheets:week_of": _day,
    "timesheets:add_row": _day,
    "timesheets:sheet": _key(TimesheetFactory),
    "timesheets:approve": _key(TimesheetFactory),
    "timesheets:reject": _key(TimesheetFactory),
    "timesheets:reopen": _key(TimesheetFactory),
    "quickbooks_online:other_company": _other_company,
    "quickbooks_desktop:computer": _agent("sync_agent"),
    "quickbooks_desktop:qwc": _agent("web_connector"),
    "quickbooks_desktop:download": lambda firm: {"name": "sync-agent.pyz"},
    "integrations:settings_tab": lambda firm: {"tab": "time"},
    "integrations:run": _run,
    "integrations:cancel": _run,
    "integrations:resume": _run,
    "integrations:import": _run,
    "integrations:record": _remote,
    "integrations:record_act": _remote,
    "integrations:local": _ours,
    "posting:preview": _key(TimesheetFactory),
    "posting:batch": _batch,
    "posting:operation": _operation,
    "posting:attach": _operation,
    "posting:error": lambda firm: {"key": "0123456789abcdef"},
    "posting:act": lambda firm: {"key": "0123456789abcdef"},
}

# Ids that mean the same in every firm (a date, a cause's key): no other firm's can be asked for.
WITHOUT_OWNER = frozenset(
    {
        "timesheets:day",
        "timesheets:week_of",
        "timesheets:add_row",
        "posting:error",
        "posting:act",
        "quickbooks_desktop:download",
        "firm:pick",
        "integrations:settings_tab",
    }
)


@dataclass(frozen=True, slots=True)
class Address:
    name: str
    params: tuple[str, ...]
    view: Any

    @property
    def roles(self) -> tuple[str, ...] | None:
        return getattr(self.view, "roles", None)

    @property
    def methods(self) -> tuple[str, ...]:
        return tuple(getattr(self.view, "methods", ()))

    def url(self, firm: Firm) -> str:
        return reverse(self.name, kwargs=SUBJECTS[self.name](firm) if self.params else None)


def addresses() -> list[Address]:
    """One for each name; a name used with and without an id counts with its longest form."""
    found: dict[str, Address] = {}
    for name, params, view in _walk(get_resolver().url_patterns, "", ()):
        if name not in found or len(params) > len(found[name].params):
            found[name] = Address(name, params, view)
    return list(found.values())


def _walk(patterns: list[Any], namespace: str, before: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...], Any]]:
    for pattern in patterns:
        params = before + tuple(pattern.pattern.converters)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern.url_patterns, inner, params)
        elif isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}", params, pattern.callback


def is_public(address: Address) -> bool:
    source = getattr(address.view, "view_class", address.view)
    # A bare redirect shows nothing by itself; where it leads is an address of its own.
    return address.name in PUBLIC | PROGRAMS or source.__module__.startswith("allauth.") or source is RedirectView
