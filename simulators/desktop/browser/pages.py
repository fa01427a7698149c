"""Pages to look into a company file and to change it by hand."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from simulators.desktop import by_hand, company_queries
from simulators.desktop.browser import listing, panels
from simulators.desktop.browser.forms import FORMS, is_editable, to_values
from simulators.desktop.entities import ENTITIES, Entity
from simulators.desktop.machine import Office
from simulators.desktop.qbxml import Answer, write
from simulators.desktop.records import shown as record
from simulators.desktop.rendering import LISTS, PAGES, office_of, page, shown
from simulators.desktop.rows import Row
from simulators.desktop.statuses import OK, Refusal
from simulators.desktop.wire import machine
from simulators.shared.rendering import page_number


async def companies(request: Request) -> Response:
    return page(request, "companies.html", offices=machine(request).offices.values())


async def home(request: Request) -> Response:
    office = office_of(request)
    return shown(request, "home.html", office, here="home", counts=company_queries.counts(office.file))


async def list_page(request: Request) -> Response:
    office, entity = office_of(request), _entity(request)
    search, inactive = request.query_params.get("q", ""), request.query_params.get("inactive") == "1"
    found = listing.list_page(office.file, entity.name, search=search, inactive=inactive, number=page_number(request))
    columns = listing.COLUMNS[entity.name]
    values: dict[str, Any] = {"entity": entity, "title": LISTS[entity.name], "page": found, "q": search}
    return shown(
        request, "list.html", office, here=entity.name, columns=columns, inactive=inactive, cell=listing.cell, **values
    )


async def time_page(request: Request) -> Response:
    office, asked = office_of(request), request.query_params
    filters = {name: asked.get(name, "") for name in ("person", "since", "until")}
    found = listing.time_page(office.file, **filters, search=asked.get("q", ""), number=page_number(request))
    values: dict[str, Any] = {"page": found, "people": listing.people(office.file), "q": asked.get("q", ""), **filters}
    return shown(request, "time.html", office, here="TimeTracking", hm=listing.hours_and_minutes, **values)


async def edit(request: Request) -> Response:
    """The form of one record, or of a new one; POST saves and goes back to it."""
    office, entity = office_of(request), _entity(request)
    row = office.file.find(entity, request.path_params["id"]) if "id" in request.path_params else None
    if row is None and "id" in request.path_params:
        raise LookupError("That isn't in the company file, or not any more.")
    if request.method == "GET":
        return _form(request, office, entity, row, {}, "")
    form = {key: str(value) for key, value in (await request.form()).items()}
    values = to_values(entity, form) | ({entity.id_name: row.id} if row else {})
    try:
        saved = by_hand.save(machine(request), office, entity, values, via="browser")
    except Refusal as refusal:
        return _form(request, office, entity, row, form, f"{refusal.message} ({refusal.code})", 400)
    return RedirectResponse(f"/books/{office.file.id}/{entity.name.lower()}/{saved[entity.id_name]}?saved=1", 303)


def _form(
    request: Request, office: Office, entity: Entity, row: Row | None, typed: dict[str, str], error: str,
    status: int = 200,
) -> Response:  # fmt: skip
    stored = record(office.file, row) if row else {}
    inputs = FORMS[entity.name]
    values = {item.path: typed.get(item.path, "") if typed else item.shown(stored) for item in inputs}
    suggested = {
        item.path: listing.names(office.file, *item.pool(entity)) for item in inputs if item.kind(entity) == "reference"
    }
    answer = Answer(f"{entity.name}Query", None, *OK, records=[(f"{entity.name}Ret", stored)])
    return shown(
        request, "edit.html", office, here=entity.name, status=status, entity=entity, row=row, inputs=inputs,
        values=values, suggested=suggested, error=error, title=LISTS.get(entity.name, "Time"),
        document=write([answer]) if row else "",
    )  # fmt: skip


async def act(request: Request) -> Response:
    """Make inactive, make active again, or delete."""
    office, entity = office_of(request), _entity(request)
    own, action = request.path_params["id"], str((await request.form()).get("action", ""))
    root = f"/books/{office.file.id}"
    back = f"{root}/time" if entity.is_txn else f"{root}/lists/{entity.name.lower()}"
    try:
        if action == "delete":
            by_hand.remove(machine(request), office, entity, {entity.id_name: own}, via="browser")
        elif action in ("inactivate", "activate") and not entity.is_txn:
            values = {entity.id_name: own, "IsActive": action == "activate"}
            by_hand.save(machine(request), office, entity, values, via="browser")
            back = f"{root}/{entity.name.lower()}/{own}"
    except Refusal as refusal:
        text = f"{refusal.message} ({refusal.code})"
        return shown(request, "note.html", office, here="", status=400, sentence=text, back=back)
    return RedirectResponse(back, 303)


def _entity(request: Request) -> Entity:
    entity = is_editable(request.path_params["entity"])
    if entity is None or (entity is ENTITIES["TimeTracking"] and "/lists/" in request.url.path):
        raise LookupError("There is no such list.")
    return entity


ROUTES = [
    PAGES.route("/", companies),
    PAGES.route("/books/{file}", home),
    PAGES.route("/books/{file}/lists/{entity}", list_page),
    PAGES.route("/books/{file}/time", time_page),
    PAGES.route("/books/{file}/access", panels.access_page, "GET", "POST"),
    PAGES.route("/books/{file}/settings", panels.settings, "GET", "POST"),
    PAGES.route("/books/{file}/faults", panels.faults, "GET", "POST"),
    PAGES.route("/books/{file}/journal", panels.journal),
    PAGES.route("/books/{file}/{entity}/new", edit, "GET", "POST"),
    PAGES.route("/books/{file}/{entity}/{id}", edit, "GET", "POST"),
    PAGES.route("/books/{file}/{entity}/{id}/act", act, "POST"),
]
