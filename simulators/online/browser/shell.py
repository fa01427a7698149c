"""What every page of a company has: its company, navigation and messages."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from simulators.online import serving
from simulators.online.browser.listing import LISTS
from simulators.online.realm import Realm
from simulators.online.rendering import page


def books(request: Request) -> Realm:
    """The company of an address. Raises LookupError with a sentence."""
    realm = serving.world(request).state.realms.get(request.path_params["realm"])
    if realm is None:
        raise LookupError("There is no such company; the simulator may have been reset.")
    return realm


def navigation(realm: Realm) -> list[tuple[str, str, str]]:
    """(key, label, address) of the side bar."""
    root = f"/books/{realm.id}"
    lists = [(name, title, f"{root}/lists/{name.lower()}") for name, (title, _) in LISTS.items()]
    return [
        ("home", "Overview", root),
        *lists[:3],
        ("time", "Time activities", f"{root}/time"),
        *lists[3:],
        ("settings", "Company settings", f"{root}/settings"),
        ("apps", "Apps", f"{root}/apps"),
        ("faults", "Fault panel", f"{root}/faults"),
        ("journal", "Journal", f"{root}/journal"),
    ]


def shown(request: Request, template: str, realm: Realm, *, here: str, status: int = 200, **values: Any) -> Response:
    """A page inside a company's frame."""
    world = serving.world(request)
    rules = len(world.faults(realm.id).rules)
    frame = {"realm": realm, "here": here, "navigation": navigation(realm), "rules": rules}
    return page(request, template, status=status, realms=world.state.realms.values(), **frame, **values)


def note(request: Request, realm: Realm, sentence: str, back: str) -> Response:
    """A refusal on a page of its own, with the way back."""
    return shown(request, "note.html", realm, here="", status=400, sentence=sentence, back=back)
