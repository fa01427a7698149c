"""Pages to look into the books and to change them by hand."""

from __future__ import annotations

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from simulators.online import clock, operations, serving
from simulators.online.browser import listing, panels
from simulators.online.browser.forms import FORMS, to_object
from simulators.online.browser.listing import LISTS
from simulators.online.browser.shell import books, note, shown
from simulators.online.entities import entity_named
from simulators.online.entity import Entity
from simulators.online.errors import Refusal
from simulators.online.journal import Origin
from simulators.online.realm import Realm
from simulators.online.rendering import PAGES, page
from simulators.online.world import World
from simulators.shared.rendering import page_number


async def companies(request: Request) -> Response:
    return page(request, "companies.html", realms=serving.world(request).state.realms.values())


async def home(request: Request) -> Response:
    realm = books(request)
    counts = {name: len(table.rows) for name, table in realm.tables.items()}
    return shown(request, "home.html", realm, here="home", counts=counts)


async def list_page(request: Request) -> Response:
    realm, entity = books(request), _entity(request)
    asked = request.query_params
    search, inactive = asked.get("q", ""), asked.get("inactive") == "1"
    found = listing.list_page(realm, entity.name, search=search, inactive=inactive, number=page_number(request))
    title, columns = LISTS[entity.name]
    values: dict[str, Any] = {
        "entity": entity,
        "title": title,
        "columns": columns,
        "page": found,
        "q": search,
        "inactive": inactive,
    }
    return shown(request, "list.html", realm, here=entity.name, **values)


async def time_page(request: Request) -> Response:
    realm, asked = books(request), request.query_params
    filters: dict[str, Any] = {name: asked.get(name, "") for name in ("person", "since", "until")}
    found = listing.time_page(realm, **filters, search=asked.get("q", ""), number=page_number(request))
    people = listing.people(realm)
    return shown(request, "time.html", realm, here="time", page=found, people=people, q=asked.get("q", ""), **filters)


async def edit(request: Request) -> Response:
    """The form of one object, or of a new one; POST saves and goes back to it."""
    realm, entity = books(request), _entity(request)
    row = realm.find(entity.name, request.path_params.get("id", ""))
    if row is None and "id" in request.path_params:
        raise LookupError("That isn't in the books, or not any more.")
    stored = row.data if row else None
    if request.method == "GET":
        return _form(request, realm, entity, stored, {}, "")
    form = {key: str(value) for key, value in (await request.form()).items()}
    try:
        body = to_object(realm, entity.name, form, stored)
        saved = save(serving.world(request), realm, entity, body)
    except Refusal as refusal:
        return _form(request, realm, entity, stored, form, f"{refusal.message} ({refusal.code}): {refusal.detail}", 400)
    return RedirectResponse(f"/books/{realm.id}/{entity.address}/{saved}?saved=1", 303)


def save(world: World, realm: Realm, entity: Entity, body: dict[str, Any]) -> str:
    """Write as the bookkeeper: closed periods and inactive names don't stop them."""
    change = operations.write(realm, entity, body, now=clock.now(), privileged=True)
    world.commit(realm, change, Origin(via="browser"))
    world.log.flush()
    return change.row.id


def remove(world: World, realm: Realm, entity: Entity, id: str) -> None:
    change = operations.delete(realm, entity, {"Id": id}, now=clock.now(), privileged=True)
    world.commit(realm, change, Origin(via="browser"))
    world.log.flush()


def _form(
    request: Request, realm: Realm, entity: Entity, stored: Any, typed: dict[str, str], error: str, status: int = 200
) -> Response:
    inputs = FORMS[entity.name]
    shown_values = {item.name: typed.get(item.name, "") if typed else item.shown(stored or {}) for item in inputs}
    suggestions = {item.kind: listing.names(realm, item.kind) for item in inputs if item.refers}
    return shown(
        request,
        "edit.html",
        realm,
        here="time" if entity.name == "TimeActivity" else entity.name,
        status=status,
        entity=entity,
        title=LISTS[entity.name][0] if entity.name in LISTS else "Time activities",
        inputs=inputs,
        values=shown_values,
        suggestions=suggestions,
        stored=stored,
        error=error,
        token=typed.get("SyncToken") or (stored or {}).get("SyncToken", ""),
        document=json.dumps(stored, indent=2, ensure_ascii=False) if stored else "",
    )


async def act(request: Request) -> Response:
    """Make inactive, make active again, or delete."""
    realm, entity = books(request), _entity(request)
    object_id, form = request.path_params["id"], await request.form()
    action, world = str(form.get("action", "")), serving.world(request)
    back = f"/books/{realm.id}/" + ("time" if entity.name == "TimeActivity" else f"lists/{entity.address}")
    try:
        if action == "delete":
            remove(world, realm, entity, object_id)
        elif action in ("inactivate", "activate"):
            save(world, realm, entity, {"Id": object_id, "sparse": True, "Active": action == "activate"})
            back = f"/books/{realm.id}/{entity.address}/{object_id}"
    except Refusal as refusal:
        return note(request, realm, f"{refusal.message} ({refusal.code}): {refusal.detail}", back)
    return RedirectResponse(back, 303)


def _entity(request: Request) -> Entity:
    entity = entity_named(request.path_params.get("entity", "timeactivity"))
    if entity is None or entity.name not in FORMS:
        raise LookupError("There is no such list.")
    return entity


ROUTES = [
    PAGES.route("/", companies),
    PAGES.route("/simulator", panels.simulator, "GET", "POST"),
    PAGES.route("/books/{realm}", home),
    PAGES.route("/books/{realm}/lists/{entity}", list_page),
    PAGES.route("/books/{realm}/time", time_page),
    PAGES.route("/books/{realm}/settings", panels.settings, "GET", "POST"),
    PAGES.route("/books/{realm}/faults", panels.faults, "GET", "POST"),
    PAGES.route("/books/{realm}/journal", panels.journal),
    PAGES.route("/books/{realm}/apps", panels.apps, "GET", "POST"),
    PAGES.route("/books/{realm}/{entity}/new", edit, "GET", "POST"),
    PAGES.route("/books/{realm}/{entity}/{id}", edit, "GET", "POST"),
    PAGES.route("/books/{realm}/{entity}/{id}/act", act, "POST"),
]
