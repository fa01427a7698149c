"""Single cells, pasted blocks and the codes of rows, saved by the page's script. Everything in and out is JSON."""

from __future__ import annotations

import json
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpResponse, JsonResponse

from bigtime.core.durations import clock
from bigtime.core.periods import week_of
from bigtime.firm.access import FirmRequest, firm_view
from bigtime.timesheets import services
from bigtime.timesheets.lines import LineKey
from bigtime.timesheets.refusals import Conflict, NotAllowed, Refused
from bigtime.timesheets.rights import Hand
from bigtime.timesheets.sent import read_choice, read_day, read_wanted

from .saving import conflict_words
from .whose import hand_of


@firm_view(methods=("POST",))
def cell(request: FirmRequest) -> HttpResponse:
    """Saves one cell. 200 `{"cell"}`; 409 `{"conflict"}` with both values; 403 and 422 `{"error"}` with a sentence."""
    try:
        sent = _body(request)
        wanted = read_wanted(sent)
        hand = _hand(request)
        saved = services.save(by=hand.by, staff=hand.staff, wanted=wanted)
    except Conflict as conflict:
        return JsonResponse({"conflict": _conflict(str(sent.get("text", "")), conflict)}, status=409)
    except Refused as refusal:
        return _refused(refusal)
    return JsonResponse({"cell": _cell(saved)})


@firm_view(methods=("POST",))
def paste(request: FirmRequest) -> HttpResponse:
    """Saves a block of cells or none of them: 200 `{"cells"}`, else as `cell`."""
    try:
        sent = _body(request)
        cells = sent.get("cells")
        if not isinstance(cells, list) or not cells:
            raise Refused("There is nothing to paste.")
        hand = _hand(request)
        saved = services.paste(by=hand.by, staff=hand.staff, cells=[read_wanted(one) for one in cells])
    except Conflict as conflict:
        sentence = f"Nothing was pasted: a cell there was changed by {conflict.by} in the meantime. Reload the page."
        return JsonResponse({"error": sentence}, status=409)
    except Refused as refusal:
        return _refused(Refused(f"Nothing was pasted. {refusal.sentence}"))
    return JsonResponse({"cells": [_cell(one) for one in saved]})


@firm_view(methods=("POST",))
def row(request: FirmRequest) -> HttpResponse:
    """Gives a row of the week around `day` another class or payroll item: `{"row", "day", "name", "value"}`, all text.

    200 `{"row"}`, the row's new key; 403 and 422 `{"error"}` with a sentence.
    """
    try:
        sent = _body(request)
        key, day = LineKey.read(str(sent.get("row"))), read_day(str(sent.get("day")))
        to = read_choice(key, sent.get("name"), sent.get("value"))
        hand = _hand(request)
        week = week_of(day, request.firm.week_start)
        services.change_row(by=hand.by, staff=hand.staff, key=key, to=to, week=week)
    except Refused as refusal:
        return _refused(refusal)
    return JsonResponse({"row": str(to)})


def _body(request: FirmRequest) -> dict[str, Any]:
    try:
        sent = json.loads(request.body)
    except RequestDataTooBig as error:
        raise Refused("That is too much at once.") from error
    except (ValueError, RecursionError) as error:
        raise Refused("The page sent something unreadable. Reload it.") from error
    if not isinstance(sent, dict):
        raise Refused("The page sent something unreadable. Reload it.")
    return sent


def _hand(request: FirmRequest) -> Hand:
    try:
        hand = hand_of(request)
    except Http404 as error:
        raise NotAllowed("This timesheet isn't yours, and its owner doesn't report to you.") from error
    if hand is None:
        raise NotAllowed("You aren't on the staff list, so you have no timesheet.")
    return hand


def _cell(saved: services.Saved) -> dict[str, Any]:
    return {
        "row": str(saved.key),
        "day": saved.day.isoformat(),
        "minutes": saved.minutes,
        "text": clock(saved.minutes),
        "note": saved.note,
        "seen": "" if saved.version is None else str(saved.version),
        "rounding": saved.rounding,
    }


def _conflict(yours: str, conflict: Conflict) -> dict[str, Any]:
    return {
        "words": conflict_words(yours, conflict),
        "minutes": conflict.minutes,
        "text": clock(conflict.minutes),
        "note": conflict.note,
        "seen": "" if conflict.version is None else str(conflict.version),
        "by": conflict.by,
    }


def _refused(refusal: Refused) -> JsonResponse:
    return JsonResponse({"error": refusal.sentence}, status=403 if isinstance(refusal, NotAllowed) else 422)
