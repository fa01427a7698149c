"""What search pickers ask while somebody types."""

from __future__ import annotations

from django.http import Http404, HttpResponse, JsonResponse

from bigtime.core import pickers

from .access import MANAGERS, FirmRequest, firm_view, forbidden


@firm_view(*MANAGERS)
def pick(request: FirmRequest, kind: str) -> HttpResponse:
    """`?q=` finds rows of the firm: `{"options": [{"id", "name"}], "more"}`, at most 50, in one SQL statement."""
    picker = pickers.named(kind)
    if picker is None:
        raise Http404("There is no such list to pick from.")
    if picker.roles and request.membership.role not in picker.roles:
        return forbidden(request, "You can’t pick from this list.")
    rows = pickers.found(picker.rows(request.firm), picker.search, request.GET.get("q", ""))
    first = list(rows[: pickers.MOST + 1])
    options = [{"id": row.pk, "name": str(row)} for row in first[: pickers.MOST]]
    return JsonResponse({"options": options, "more": len(first) > pickers.MOST})
