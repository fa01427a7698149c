"""The report on the books before the first import."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from bigtime.firm.access import ADMINISTRATORS, FirmRequest, firm_view
from integrations import tasks
from integrations.models import SyncRun
from integrations.sync import runs
from integrations.sync.errors import Disconnected

from . import preflight as report
from . import services

SHOWN = 50  # groups of one kind on the page


@firm_view(*ADMINISTRATORS, methods=("POST",))
def read(request: FirmRequest) -> HttpResponse:
    """Begins the first sync, which reads, and stops before it imports anything."""
    connection = services.current(request.firm)
    if connection is None:
        return redirect("quickbooks_online:enable")
    try:
        run = runs.start(connection=connection, by=request.user)
    except Disconnected as error:
        messages.error(request, error.message)
    else:
        tasks.hint(tasks.sync, run.pk)
    return redirect("quickbooks_online:preflight")


@firm_view(*ADMINISTRATORS)
def preflight(request: FirmRequest) -> HttpResponse:
    """What QuickBooks holds and what to mend there first. Reads the mirror, imports nothing."""
    connection = services.current(request.firm)
    if connection is None:
        return redirect("quickbooks_online:enable")
    counts = report.counts(connection)
    run = SyncRun.objects.filter(connection=connection).first()
    # While the lists still arrive the page asks every two seconds: duplicates are looked for once, in the end.
    ready = counts and not (run and run.is_open)
    found = report.duplicates(report.rows_of(connection)) if ready else report.Duplicates()
    context = {
        "connection": connection,
        "checks": report.checks(connection, request.firm),
        "counts": counts,
        "inactive": sum(count.inactive for count in counts),
        "kinds": _kinds(found),
        "run": run,
    }
    return render(request, "quickbooks_online/preflight.html", context)


def _kinds(found: report.Duplicates) -> list[tuple[str, str, list[list[report.Row]], int]]:
    """(title, what to do, the first groups, how many there are beyond them)."""
    kinds = [
        ("The same name", "Merge them in QuickBooks, or rename one.", found.same_name),
        (
            "Names that differ only by case, space, accents or punctuation",
            "Usually one and the same.",
            found.similar_name,
        ),
        ("The same e-mail address", "A person who is both employee and vendor is fine.", found.same_email),
    ]
    return [(title, advice, groups[:SHOWN], max(0, len(groups) - SHOWN)) for title, advice, groups in kinds if groups]
