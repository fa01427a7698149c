"""Archiving and restoring many rows of a list: those ticked, or every row that its address matches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
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
    """Answers a list's action bar; before it changes all that match, it says how many that are and asks."""
    to = request.POST.get("to", "")
    act = {"archived": archive, "active": restore}.get(to)
    if act is None:
        messages.error(request, "Nothing was changed: the list sent no action.")
        return redirect(back_to(request, back))
    rows = rows_meant(request, kind)
    if request.POST.get("all") and not request.POST.get("sure"):
        return _ask(request, rows.count(), noun, to, back_to(request, back))
    messages.success(request, act(rows))
    return redirect(back_to(request, back))


def _ask(request: HttpRequest, count: int, noun: str, to: str, back: str) -> HttpResponse:
    verb = "Archive" if to == "archived" else "Restore"
    context = {"count": count, "noun": noun if count == 1 else f"{noun}s", "verb": verb, "to": to, "back": back}
    return render(request, "lists/confirm.html", {**context, "query": request.POST.get("query", "")})
