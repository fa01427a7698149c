"""When a grant ends, said before it does: a hundred days unused, five years in any case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from bigtime.core.context import Banner
from bigtime.core.prepared import Prepared
from integrations.models import Connection
from integrations.tiles import Line

from .models import Token

IDLE_WARNING = timedelta(days=14)
HARD_WARNING = timedelta(days=90)
_KEPT = "_lifetimes"
# Told on every page, without any token.
TOKEN = Prepared(
    lambda connection: Token.objects.filter(connection=connection).values_list(
        "refresh_expires_at", "hard_expires_at", "refreshed_at"
    ),
    connection=int,
)


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """`unused_until` moves on with every refresh; `until`, where Intuit tells it, never does."""

    unused_until: datetime
    until: datetime | None
    refreshed_at: datetime

    @property
    def idle_is_near(self) -> bool:
        return self.unused_until - timezone.now() < IDLE_WARNING

    @property
    def end_is_near(self) -> bool:
        return self.until is not None and self.until - timezone.now() < HARD_WARNING


def lifetimes_of(connection: Connection) -> Lifetimes | None:
    """Reads no token, so it works with any key. Kept with the connection, which lives as long as one request."""
    if _KEPT not in connection.__dict__:
        row = next(TOKEN.rows(connection=connection.pk), None)
        connection.__dict__[_KEPT] = Lifetimes(*row) if row else None
    found: Lifetimes | None = connection.__dict__[_KEPT]
    return found


def lines(connection: Connection) -> list[Line]:
    """The line **Authorization** of the tile."""
    found = lifetimes_of(connection)
    if found is None:
        return [Line("Authorization", "none: reconnect")]
    if connection.status == Connection.Status.PAUSED:
        return [Line("Authorization", connection.pause_reason)]
    text = f"renews itself · ends {_day(found.unused_until)} if unused"
    if found.end_is_near and found.until:
        text += f", on {_day(found.until)} in any case"
    return [Line("Authorization", text)]


def warnings(connection: Connection) -> list[Banner]:
    found = lifetimes_of(connection)
    if found is None:
        return []
    text = ""
    if found.end_is_near and found.until:
        text = f"Intuit ends the authorization for {connection} on {_day(found.until)}, five years after it was given."
    elif found.idle_is_near:
        text = f"The authorization for {connection} ends on {_day(found.unused_until)} unless it is used before."
    return [Banner("warn", text, reverse("quickbooks_online:enable"), "Reconnect")] if text else []


def _day(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "M j, Y")
