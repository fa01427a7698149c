"""Archiving and restoring many rows of a list: those ticked, or every row that its address matches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from .actions import back_to, chosen
from .lists import ListPage

# What is done with the rows; gives the sentence about it.
Act = Callable[[QuerySet[Any]], str]


def rows_meant(request: HttpRequest, kind: type[ListPage]) -> QuerySet[Any]:
    """The rows a list's form means, as primary keys; always of those the person may see in that list."""
    if request.POST.get("all"):
        return kind(request, QueryDict(request.POST.get("query", ""))).matching().values("pk")
    return kind(request, QueryDict()).rows().order_by().filter(pk__in=chosen(request)).values("pk")


def archive_or_restore(
    request: HttpRequest, kind: type[ListPage], back: str, noun: str, *, archive: Act, restore: Act
) -> HttpResponse:
    """Answers a list's action bar; before it changes all that match, it says how many that are and asks.

    What is confirmed is that number, in that firm: when either is another by then, nothing is changed.
    """
    to = request.POST.get("to", "")
    act = {"archived": archive, "active": restore}.get(to)
    if act is None:
        messages.error(request, "Nothing was changed: the list sent no action.")
        return redirect(back_to(request, back))
    if _is_of_other_firm(request):
        messages.error(request, "This page was opened for another firm. Nothing was changed: look again.")
        return redirect(back)
    with transaction.atomic():
        rows = rows_meant(request, kind)
        if request.POST.get("all"):
            rows, count = _held(rows)
            if not _is_confirmed(request, count):
                return _ask(request, count, noun, to, back_to(request, back))
        messages.success(request, act(rows))
    return redirect(back_to(request, back))


def _is_of_other_firm(request: Any) -> bool:
    """A page left open while the person changed the firm. Forms of one row don't say it: the row does."""
    current = str(request.firm.pk)
    return bool(request.POST.get("firm", current) != current)


def _is_confirmed(request: HttpRequest, count: int) -> bool:
    sent = request.POST
    return sent.get("sure") == "1" and "firm" in sent and sent.get("count") == str(count)


def _held(rows: QuerySet[Any]) -> tuple[QuerySet[Any], int]:
    """The rows as they are once nobody else can change them, and how many."""
    table = rows.model._default_manager
    list(table.filter(pk__in=rows).order_by("pk").select_for_update(no_key=True).values_list("pk"))
    found = [row["pk"] for row in rows.all()]
    return table.filter(pk__in=found).values("pk"), len(found)


def _ask(request: HttpRequest, count: int, noun: str, to: str, back: str) -> HttpResponse:
    verb = "Archive" if to == "archived" else "Restore"
    context = {"count": count, "noun": noun if count == 1 else f"{noun}s", "verb": verb, "to": to, "back": back}
    asked = {"query": request.POST.get("query", ""), "changed": bool(request.POST.get("sure"))}
    return render(request, "lists/confirm.html", {**context, **asked})
