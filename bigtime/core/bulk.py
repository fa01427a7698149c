"""What a list's action bar does with many rows: those ticked, or every row that the list's address matches."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from .actions import back_to, chosen
from .lists import ListPage

# What is done with the rows; gives the sentence about it, or "" when it has told what there is to tell.
Act = Callable[[QuerySet[Any]], str]
# The list for an address's parameters.
ListOf = Callable[[QueryDict], ListPage]


@dataclass(frozen=True, slots=True)
class Action:
    """A button of the action bar. `words` ask about it, {} being the rows; `text` says what it means."""

    words: str
    act: Act
    text: str = ""


def counted(number: int, noun: str) -> str:
    """ "1 client", "1,200 clients"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def archive_or_restore(
    request: HttpRequest,
    kind: Callable[[HttpRequest, QueryDict], ListPage],
    back: str,
    noun: str,
    *,
    archive: Act,
    restore: Act,
) -> HttpResponse:
    """The two buttons of a list whose rows are archived and restored."""
    actions = {"archived": Action("Archive {}", archive), "active": Action("Restore {}", restore)}
    return act_on_rows(request, lambda query: kind(request, query), back, noun, actions)


def act_on_rows(
    request: HttpRequest, list_of: ListOf, back: str, noun: str, actions: Mapping[str, Action], *, button: str = "to"
) -> HttpResponse:
    """Answers a list's action bar; before it changes all that match, it says how many that are and asks.

    `button` is the name of its buttons. What is confirmed is that number, of what the list is bound to: when either
    is another by then, nothing is changed.
    """
    whole = bool(request.POST.get("all"))
    page = list_of(QueryDict(request.POST.get("query", "")))
    other = next((each for each in page.bound if request.POST.get(each.name, each.value) != each.value), None)
    if other is not None:
        messages.error(request, f"This page was opened for {other.other}. Nothing was changed: look again.")
        return redirect(back)
    pressed, back = request.POST.get(button, ""), back_to(request, back)
    action = actions.get(pressed)
    if action is None:
        return _unchanged(request, f"Tick at least one {noun} and choose what becomes of it.", back)
    with transaction.atomic():
        if not whole:
            return _act(request, action, _ticked(request, page), noun, back)
        if not request.POST.get("sure"):
            return _ask(request, page, action, page.matching().count(), noun, back, button)
        rows, count = _held(page.matching().values("pk"))
        if not _is_confirmed(request, page, count):
            return _ask(request, page, action, count, noun, back, button)
        return _act(request, action, rows, noun, back)


def _ticked(request: HttpRequest, page: ListPage) -> QuerySet[Any]:
    """Always of the rows that the person may see in that list."""
    return page.rows().order_by().filter(pk__in=chosen(request)).values("pk")


def _act(request: HttpRequest, action: Action, rows: QuerySet[Any], noun: str, back: str) -> HttpResponse:
    if not rows.exists():
        return _unchanged(request, f"Tick at least one {noun} and choose what becomes of it.", back)
    said = action.act(rows)
    if said:
        messages.success(request, said)
    return redirect(back)


def _unchanged(request: HttpRequest, why: str, back: str) -> HttpResponse:
    messages.error(request, f"{why} Nothing was changed.")
    return redirect(back)


def _is_confirmed(request: HttpRequest, page: ListPage, count: int) -> bool:
    sent = request.POST
    return (
        not _is_too_many(page, count)
        and all(each.name in sent for each in page.bound)
        and sent.get("count") == str(count)
    )


def _is_too_many(page: ListPage, count: int) -> bool:
    return page.most_at_once is not None and count > page.most_at_once


def _held(rows: QuerySet[Any]) -> tuple[QuerySet[Any], int]:
    """The rows as they are once nobody else can change them, and how many."""
    table = rows.model._default_manager
    list(table.filter(pk__in=rows).order_by("pk").select_for_update(no_key=True).values_list("pk"))
    found = [row["pk"] for row in rows.all()]
    return table.filter(pk__any_of=found).values("pk"), len(found)


def _ask(
    request: HttpRequest, page: ListPage, action: Action, count: int, noun: str, back: str, button: str
) -> HttpResponse:
    if not count:
        return _unchanged(request, "Nothing matches any more.", back)
    if _is_too_many(page, count):
        many = f"{count:,} match, and at most {page.most_at_once:,} can be changed at once: search or filter first."
        return _unchanged(request, many, back)
    title = action.words.format(counted(count, noun))
    context = {"count": count, "title": title, "text": action.text, "bound": page.bound, "back": back}
    asked = {"query": request.POST.get("query", ""), "changed": bool(request.POST.get("sure"))}
    pressed = {"button": button, "value": request.POST[button]}
    return render(request, "lists/confirm.html", {**context, **asked, **pressed})
