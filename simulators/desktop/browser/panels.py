"""The access dialog and integrated applications, company settings, the fault panel, the journal."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from simulators.desktop import by_hand, clock, fill
from simulators.desktop.access import ANSWERS, REFUSED
from simulators.desktop.browser.listing import PAGE, Page
from simulators.desktop.conditions import AFTER_STOP, METHODS, OPERATIONS, BadCondition
from simulators.desktop.entities import ENTITIES
from simulators.desktop.hresults import WORDS
from simulators.desktop.machine import Office
from simulators.desktop.rendering import office_of, shown
from simulators.desktop.rows import encode
from simulators.desktop.statuses import CODES
from simulators.desktop.wire import machine
from simulators.shared.rendering import page_number

# (condition, what it means on the screen)
SWITCHES = (
    ("not_started", "QuickBooks is not running"),
    ("cannot_start", "QuickBooks can't be started"),
    ("still_starting", "QuickBooks has not finished starting"),
    ("modal_dialog", "A dialog is open in QuickBooks"),
    ("other_file_open", "Another company file is open"),
    ("single_user_other", "Somebody else has the file in single-user mode"),
    ("multi_user", "The file is open in multi-user mode"),
)
NUMBERS = (
    ("slow", "Seconds every answer takes"),
    ("answer_lost_after_save", "Answers lost after saving, the next so many"),
    ("quits_mid_session", "QuickBooks closes in the middle, the next so many times"),
    ("quits_after", "… after so many requests of the message set (empty: before the first)"),
)
PREFERENCES = (
    ("AccountingPreferences", "IsUsingClassTracking", "Use class tracking"),
    ("AccountingPreferences", "IsUsingAccountNumbers", "Use account numbers"),
)


async def _posted(request: Request) -> dict[str, str]:
    return {key: str(value).strip() for key, value in (await request.form()).items()}


async def access_page(request: Request) -> Response:
    """Open dialogs with their four answers, and what was answered before."""
    office = office_of(request)
    if request.method == "POST":
        form = await _posted(request)
        app, action = form.get("app", ""), form.get("action", "")
        if action in ANSWERS:
            office.gate.answer(app, action)
        elif action == "remove":
            office.gate.remove(app)
        elif action in ("refuse", "allow"):
            office.gate.set_access(app, REFUSED if action == "refuse" else "when_running")
        return RedirectResponse(f"/books/{office.file.id}/access", 303)
    return shown(
        request, "access.html", office, here="access", dialogs=list(office.gate.dialogs), answers=ANSWERS,
        grants=office.gate.grants(), words={**ANSWERS, REFUSED: "No access"},
    )  # fmt: skip


async def settings(request: Request) -> Response:
    """Company name, closing date, preferences, and the filler."""
    office = office_of(request)
    if request.method == "POST":
        form = await _posted(request)
        if form.get("action") == "fill":
            _fill(request, office, form)
        else:
            _save_settings(office, form)
        return RedirectResponse(f"/books/{office.file.id}/settings?saved=1", 303)
    preferences = office.file.preferences()
    switches = [(key, label, preferences[part].get(key) == "true") for part, key, label in PREFERENCES]
    return shown(
        request, "settings.html", office, here="settings", switches=switches, closing=office.file.closing_date()
    )


def _fill(request: Request, office: Office, form: dict[str, str]) -> None:
    wanted = {name: form.get(name, "") for name in ("customers", "jobs", "time_entries")}
    counts = {name: min(int(text), 1_000_000) if text.isdigit() else 0 for name, text in wanted.items()}
    fill.fill(office.file, at=clock.now(), **counts)
    machine(request).note(office, "fill", counts, "browser")


def _save_settings(office: Office, form: dict[str, str]) -> None:
    sections: dict[str, dict[str, str]] = {"AccountingPreferences": {"ClosingDate": form.get("closing", "")}}
    for part, key, _ in PREFERENCES:
        sections.setdefault(part, {})[key] = "true" if form.get(key) else "false"
    company = {"CompanyName": form["name"][:59]} if form.get("name") else {}
    by_hand.change_settings(office.file, {"company": company, "preferences": sections})


async def faults(request: Request) -> Response:
    """The conditions the file and its computer are in, and faults for the next calls."""
    office, error = office_of(request), ""
    if request.method == "POST":
        try:
            _change(request, office, await _posted(request))
            return RedirectResponse(f"/books/{office.file.id}/faults", 303)
        except (BadCondition, ValueError) as problem:
            error = str(problem)
    values: dict[str, Any] = {"switches": SWITCHES, "numbers": NUMBERS, "hresults": WORDS, "codes": CODES}
    return shown(
        request, "faults.html", office, here="faults", status=400 if error else 200, error=error,
        state=office.conditions.as_json(), waiting=office.faults.rules, methods=METHODS, operations=OPERATIONS,
        entities=list(ENTITIES), answers=ANSWERS, after_stop=AFTER_STOP, **values,
    )  # fmt: skip


def _change(request: Request, office: Office, form: dict[str, str]) -> None:
    """Raises BadCondition or ValueError."""
    action = form.get("action")
    if action == "conditions":
        _set_conditions(office, form)
    elif action == "clear":
        office.faults.replace([])
    elif action == "remove":
        office.faults.remove(int(form["id"]))
    elif action == "close":
        request.app.state.processor.end_sessions(office.file.id)
    else:
        effect = form.get("effect", "")
        which: dict[str, Any] = {"hresult": effect} if effect.startswith("0x") else {"code": int(effect or 0)}
        fault: dict[str, Any] = {name: form.get(name, "") for name in ("method", "operation", "entity", "message")}
        count = int(form["count"]) if form.get("count") else None
        office.faults.add({**fault, **which, "count": count, "skip": int(form.get("skip") or 0),
                           "commit": bool(form.get("commit"))})  # fmt: skip


def _set_conditions(office: Office, form: dict[str, str]) -> None:
    changes: dict[str, Any] = {name: bool(form.get(name)) for name, _ in SWITCHES}
    changes |= {name: form.get(name) or (None if name == "quits_after" else 0) for name, _ in NUMBERS}
    changes["access_answer"] = form.get("access_answer") or None
    changes["signed_in_as"] = form.get("signed_in_as") or "Admin"
    changes["rest_after_stop"] = form.get("rest_after_stop") or AFTER_STOP[0]
    changes["locked_record"] = form.get("locked_record", "").split()
    office.conditions.update(changes)


async def journal(request: Request) -> Response:
    """Every write to this file, newest first."""
    office, wanted = office_of(request), request.query_params.get("entity", "")
    store, number = machine(request), page_number(request)
    total = store.entries_of(office.file.id, wanted)
    entries = store.journal(file=office.file.id, entity=wanted, limit=PAGE, skip=(number - 1) * PAGE, newest=True)
    lines = [(entry, clock.wall(int(entry["at"])), encode(entry["body"])) for entry in entries]
    return shown(
        request, "journal.html", office, here="journal", page=Page(lines, number, total), wanted=wanted,
        entities=list(ENTITIES),
    )  # fmt: skip
