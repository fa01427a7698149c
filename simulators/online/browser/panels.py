"""Company settings, fault panel, journal, connected apps and the simulator's own switches."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from simulators.online import clock, operations, serving
from simulators.online.browser.listing import sliced
from simulators.online.browser.shell import books, note, shown
from simulators.online.config import CDC_TIME_ACTIVITY, REQUESTID_MODES, ROTATIONS, BadConfig, Config
from simulators.online.entities import ENTITIES
from simulators.online.errors import WORDS, Refusal
from simulators.online.faults import CALL_KINDS, ITEM_KINDS, OPERATIONS, BadRule
from simulators.online.journal import Origin
from simulators.online.realm import Realm
from simulators.online.rendering import page
from simulators.online.world import World
from simulators.shared.rendering import page_number

# (section, key, label) of the switches a company page shows
SWITCHES = (
    ("AccountingInfoPrefs", "ClassTrackingPerTxnLine", "Track classes"),
    ("AccountingInfoPrefs", "TrackDepartments", "Track locations"),
    ("TimeTrackingPrefs", "BillCustomers", "Make time billable to customers"),
    ("TimeTrackingPrefs", "UseServices", "Time entries have a service"),
    ("VendorAndPurchasesPrefs", "BillableExpenseTracking", "Make expenses billable"),
)


async def settings(request: Request) -> Response:
    realm, world = books(request), serving.world(request)
    if request.method == "POST":
        form = {key: str(value) for key, value in (await request.form()).items()}
        try:
            _save_settings(world, realm, form)
        except Refusal as refusal:
            return note(request, realm, f"{refusal.message}: {refusal.detail}", f"/books/{realm.id}/settings")
        return RedirectResponse(f"/books/{realm.id}/settings?saved=1", 303)
    prefs = realm.preferences()
    switches = [(f"{part}.{key}", label, bool(prefs.get(part, {}).get(key))) for part, key, label in SWITCHES]
    values: dict[str, Any] = {
        "switches": switches,
        "closing": realm.book_close_date(),
        "info": realm.tables["CompanyInfo"].rows["1"].data,
    }
    return shown(request, "settings.html", realm, here="settings", **values)


def _save_settings(world: World, realm: Realm, form: dict[str, str]) -> None:
    prefs: dict[str, Any] = realm.tables["Preferences"].rows["1"].data
    for part, key, _ in SWITCHES:
        prefs.setdefault(part, {})[key] = f"{part}.{key}" in form
    _write(world, realm, "Preferences", {part: prefs[part] for part, _, _ in SWITCHES})
    _write(world, realm, "CompanyInfo", {"CompanyName": form.get("name", "").strip() or realm.name})
    world.close_books(realm, form.get("closing", "").strip(), password=bool(form.get("password")), via="browser")


def _write(world: World, realm: Realm, entity: str, body: dict[str, Any]) -> None:
    change = operations.write(realm, ENTITIES[entity], body, now=clock.now(), privileged=True)
    world.commit(realm, change, Origin(via="browser"))


async def faults(request: Request) -> Response:
    realm = books(request)
    rules, error = serving.world(request).faults(realm.id), ""
    if request.method == "POST":
        form = {key: str(value).strip() for key, value in (await request.form()).items()}
        try:
            _change_rules(rules, form)
            return RedirectResponse(f"/books/{realm.id}/faults", 303)
        except (BadRule, ValueError) as problem:
            error = str(problem)
    return shown(
        request,
        "faults.html",
        realm,
        here="faults",
        status=400 if error else 200,
        error=error,
        waiting=rules.rules,
        call_kinds=CALL_KINDS,
        item_kinds=ITEM_KINDS,
        operations=OPERATIONS,
        entities=list(ENTITIES),
        codes=WORDS,
    )


def _change_rules(rules: Any, form: dict[str, str]) -> None:
    if form.get("action") == "clear":
        rules.replace([])
    elif form.get("action") == "remove":
        rules.remove(int(form["id"]))
    else:
        match: dict[str, Any] = {"operation": form.get("operation") or "any", "entity": form.get("entity") or None}
        if form.get("batch_item"):
            match["batch_item"] = int(form["batch_item"])
        count = int(form["count"]) if form.get("count") else None
        words = {"kind": form.get("kind"), "code": form.get("code"), "seconds": form.get("seconds") or 0}
        rules.add({**words, "count": count, "skip": int(form.get("skip") or 0), "match": match})


async def journal(request: Request) -> Response:
    """Every write to this company, newest first."""
    realm, wanted = books(request), request.query_params.get("entity", "")
    entries = [entry for entry in serving.world(request).state.entries if entry.realm == realm.id]
    if wanted:
        entries = [entry for entry in entries if entry.entity == wanted]
    found = sliced(
        entries[::-1], page_number(request), lambda entry: (entry, clock.stamp(int(entry.at)), entry.raw.decode())
    )
    return shown(request, "journal.html", realm, here="journal", page=found, wanted=wanted, entities=list(ENTITIES))


async def apps(request: Request) -> Response:
    """Connected apps; **Disconnect** ends the grant, as a bookkeeper can at any time."""
    realm, world = books(request), serving.world(request)
    if request.method == "POST":
        grant = world.state.grants.grants.get(str((await request.form()).get("grant", "")))
        if grant and grant.realm == realm.id:
            world.state.grants.revoke(grant)
            world.remember_grants()
        return RedirectResponse(f"/books/{realm.id}/apps", 303)
    live = [(grant, clock.stamp(int(grant.granted_at))) for grant in world.state.grants.live(realm.id)]
    return shown(request, "apps.html", realm, here="apps", live=live, app=world.app)


async def simulator(request: Request) -> Response:
    """The switches of the whole simulator, and what it has counted."""
    world, error = serving.world(request), ""
    if request.method == "POST":
        form = {key: str(value).strip() for key, value in (await request.form()).items()}
        try:
            world.configure({name: _typed(name, form.get(name, "")) for name in world.config.as_json()})
            return RedirectResponse("/simulator?saved=1", 303)
        except BadConfig as problem:
            error = str(problem)
    choices = {"requestid": REQUESTID_MODES, "rotation": ROTATIONS, "cdc_time_activity": CDC_TIME_ACTIVITY}
    values = {"config": world.config.as_json(), "choices": choices, "stats": world.state.stats.as_json()}
    return page(request, "simulator.html", status=400 if error else 200, error=error, **values)


def _typed(name: str, text: str) -> Any:
    usual = getattr(Config(), name)
    if isinstance(usual, bool):
        return bool(text)
    if usual is None and not text:
        return None
    if isinstance(usual, int) and text.isdigit():
        return int(text)
    return text
