"""What posting adds to every page: its navigation, the number of failures, the hours that wait."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Exists, QuerySet
from django.http import HttpRequest
from django.urls import reverse

from bigtime.core import facts
from bigtime.core.audit_words import name_place
from bigtime.core.navigation import NavItem, register
from bigtime.core.pending import Pending
from bigtime.core.pending import register as register_pending
from bigtime.core.prepared import Prepared, Statement
from bigtime.core.templatetags.ui import hm
from bigtime.firm.access import BOOKKEEPERS
from bigtime.firm.models import Role
from bigtime.timesheets.models import TimeEntry
from integrations.connected import is_connected
from integrations.models import Connection, Operation
from integrations.sync import former

from . import strayed
from .books import books

ROLES = frozenset(BOOKKEEPERS)


def _posts_to(request: Any) -> Connection | None:
    """The books, for those who may post."""
    return books(request) if request.membership.role in BOOKKEEPERS else None


def _counted(rows: Callable[[int], QuerySet[Any, Any]]) -> Callable[[Any], Statement | None]:
    """How many of these the books have, for those who may post: every page asks, so it is compiled once."""
    prepared = Prepared(lambda connection: facts.counted(rows(connection)), connection=int)

    def ask(request: Any) -> Statement | None:
        connection = _posts_to(request)
        return prepared.statement(connection=connection.pk) if connection else None

    return ask


def _approved(firm: int) -> QuerySet[Any, Any]:
    return TimeEntry.objects.for_firm(firm).approved()


HOURS = Prepared(lambda firm: facts.summed(_approved(firm).filter(lock=TimeEntry.Lock.NONE), "minutes"), firm=int)


def _unposted(request: Any) -> facts.Question | None:
    """Approved and not posted; without books also what was queued for those that were, and nothing where none were."""
    if request.membership.role not in BOOKKEEPERS:
        return None
    if books(request):
        return HOURS.statement(firm=request.firm.pk)
    had = Connection.objects.for_firm(request.firm)
    waiting = _approved(request.firm.pk).exclude(lock=TimeEntry.Lock.POSTED)
    return facts.summed(waiting.filter(Exists(had)), "minutes")


def _left(*states: str) -> Callable[[Any], Statement | None]:
    """What former books left undecided; each part of the states is found by an index of its own among all posted."""
    left = Prepared(lambda firm: facts.counted(former.held(firm).filter(state__in=states)), firm=int)

    def ask(request: Any) -> Statement | None:
        return left.statement(firm=request.firm.pk) if request.membership.role in BOOKKEEPERS else None

    return ask


def _kept(request: Any) -> QuerySet[Any, Any] | None:
    """Of interest where nothing is connected: whether anything was ever sent to the books that were."""
    if request.membership.role not in BOOKKEEPERS or is_connected(request):
        return None
    return Operation.objects.for_firm(request.firm).order_by().values("pk")[:1]


FAILED = facts.Fact("posting.failed", _counted(Operation.objects.failed_now))
LOST = facts.Fact("posting.lost", _left("sending", "in_doubt"))
ASKED = facts.Fact("posting.asked", _left("needs_person"))
KEPT = facts.Fact("posting.kept", _kept)
MISSING = facts.Fact("posting.missing", _counted(strayed.missing))
CHANGED = facts.Fact("posting.changed", _counted(strayed.changed))
UNPOSTED = facts.Fact("posting.unposted", _unposted, "dashboard")


def has_ledger(request: HttpRequest) -> bool:
    """Also without books: what was sent to former ones stays to be read."""
    return is_connected(request) or bool(facts.of(request, KEPT.key))


def failures(request: HttpRequest) -> int | None:
    """What waits for a person: failures that stand, what former books left undecided, what was deleted or changed."""
    return sum(facts.of(request, each.key) or 0 for each in (FAILED, LOST, ASKED, MISSING, CHANGED)) or None


def waiting_failures(request: Any) -> list[Pending]:
    """What was sent and stopped: approved hours that `waiting_hours` doesn't count."""
    count = facts.of(request, FAILED.key) or 0
    return [
        Pending(f"{_entries(count)} couldn’t be posted", count, reverse("posting:errors"), "triangle-alert", "See why")
    ]


def waiting_strayed(request: Any) -> list[Pending]:
    """What was posted, and was deleted or changed in QuickBooks since."""
    gone, changed = (facts.of(request, each.key) or 0 for each in (MISSING, CHANGED))
    again = f"{reverse('posting:timesheets')}?span=all&state=missing"
    ledger = f"{reverse('posting:ledger')}?state=changed_since_posted"
    return [
        Pending(f"{_entries(gone, 'posted ')} missing in QuickBooks", gone, again, "circle-alert", "Post again"),
        Pending(f"{_entries(changed, 'posted ')} changed in QuickBooks", changed, ledger, "git-compare", "See which"),
    ]


def _entries(count: int, kind: str = "") -> str:
    return f"{count} {kind}{'entry' if count == 1 else 'entries'}"


def waiting_hours(request: Any) -> list[Pending]:
    """Approved hours not posted yet, for those who may post them."""
    minutes = facts.of(request, UNPOSTED.key)
    if not minutes:
        return []
    if books(request) is None:
        return [_hours_away(request, minutes)]
    # The page opens on this month; these hours may be of any.
    address = f"{reverse('posting:timesheets')}?span=all"
    return [Pending(f"{hm(minutes)} approved hours not posted", minutes, address, "send", "Post")]


def _hours_away(request: Any, minutes: int) -> Pending:
    """They wait until an administrator connects the books again."""
    waits = f"{hm(minutes)} approved hours wait to be posted until"
    if request.membership.role == Role.ADMINISTRATOR:
        address = reverse("integrations:list")
        return Pending(f"{waits} you connect QuickBooks again", minutes, address, "plug", "Connect")
    where = "under My Company → Integrations"
    return Pending(f"{waits} an administrator connects QuickBooks again, {where}", minutes, icon="plug")


def install() -> None:
    facts.register(FAILED, LOST, ASKED, KEPT, MISSING, CHANGED, UNPOSTED)
    register(
        NavItem("Post Timesheets", "posting:timesheets", "send", "QuickBooks", 10, ROLES, is_connected),
        NavItem("Errors", "posting:errors", "triangle-alert", "QuickBooks", 60, ROLES, has_ledger, failures),
        NavItem("Ledger", "posting:ledger", "book-open-check", "QuickBooks", 70, ROLES, has_ledger),
    )
    name_place("/quickbooks/operations/", "Errors")
    register_pending(waiting_failures)
    register_pending(waiting_strayed)
    register_pending(waiting_hours)
