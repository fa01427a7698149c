"""Storing what a firm chooses for its books: the connection's options, and what the firm's own timesheets use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.db import transaction

from bigtime.firm.models import Firm
from integrations.models import Connection
from integrations.options import Options

from . import matching

# Options that decide what customers and jobs become: their records are brought over anew.
ABOUT_JOBS = ("enable_updates", "use_jobs", "inactive_job_status")


@transaction.atomic
def choose(*, connection: Connection, options: Mapping[str, Any], firm: Mapping[str, Any]) -> bool:
    """Stores options of the connection and columns of its firm; what isn't named stays as it is.

    True when customers and jobs follow with the next sync. While updates are off it only asks about them.
    """
    held = Connection.objects.select_for_update(of=("self",), no_key=True).get(pk=connection.pk)
    before = Options.of(held)
    after = replace(before, **options)
    after.save(held)
    if firm:
        Firm.objects.filter(pk=held.firm_id).update(**firm)
    anew = any(getattr(after, name) != getattr(before, name) for name in ABOUT_JOBS)
    waiting = matching.reconsider_all(connection=held, entity="customer") if anew else 0
    return waiting > 0 and after.enable_updates
