"""Intuit's pages between *Connect to QuickBooks* and the callback: sign in, choose a company, authorize."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from simulators.online import serving
from simulators.online.grants import SCOPES, App
from simulators.online.oauth.endpoints import AUTHORIZE
from simulators.online.oauth.people import PEOPLE, Person
from simulators.online.rendering import page
from simulators.online.world import World
from simulators.shared.rendering import same_site

COOKIE = "qbo_sim_user"
LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class Asked:
    """The parameters of an authorize request."""

    client_id: str
    response_type: str
    scope: str
    redirect_uri: str
    state: str

    @classmethod
    def of(cls, values: Mapping[str, object]) -> Asked:
        return cls(*(str(values.get(name, "")) for name in cls.__annotations__))

    @property
    def scopes(self) -> list[str]:
        return self.scope.split()

    def as_dict(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in self.__annotations__}

    def back(self, **values: str) -> Response:
        """To the application's callback, with the state it sent."""
        join = "&" if urlsplit(self.redirect_uri).query else "?"
        return RedirectResponse(self.redirect_uri + join + urlencode({**values, "state": self.state}), 302)


async def authorize(request: Request) -> Response:
    """The first page that is still needed: an error, sign-in, company picker or consent."""
    world, asked = serving.world(request), Asked.of(request.query_params)
    return _refusal(request, world, asked) or _next_page(request, world, asked, request.query_params.get("realm", ""))


def _refusal(request: Request, world: World, asked: Asked) -> Response | None:
    """What is wrong with the request. Until the address is known to be the app's own, nobody is sent there."""
    if asked.client_id != world.app.client_id:
        return _problem(request, "The app that sent you here isn't registered (client_id).")
    if not allowed_redirect(world.app, asked.redirect_uri):
        return _problem(request, "The redirect_uri query parameter value is invalid. It must be one of the app's own.")
    if asked.response_type != "code":
        return asked.back(error="unsupported_response_type")
    if not asked.scopes or not SCOPES.issuperset(asked.scopes):
        return asked.back(error="invalid_scope")
    return None


def allowed_redirect(app: App, address: str) -> bool:
    """Exactly one of the registered addresses; with none registered, any on this machine."""
    if app.redirect_uris:
        return address in app.redirect_uris
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and parts.hostname in LOOPBACK and not parts.fragment


def _problem(request: Request, sentence: str) -> Response:
    return page(request, "oauth_problem.html", status=400, sentence=sentence)


def _next_page(request: Request, world: World, asked: Asked, realm: str) -> Response:
    person = PEOPLE.get(request.cookies.get(COOKIE, ""))
    values: dict[str, Any] = {"asked": asked, "app": world.app, "person": person, "people": PEOPLE.values()}
    if person is None:
        return page(request, "oauth_sign_in.html", **values)
    if realm not in world.state.realms:
        return page(request, "oauth_company.html", realms=world.state.realms.values(), **values)
    return page(request, "oauth_consent.html", realm=world.state.realms[realm], **values)


async def sign_in(request: Request) -> Response:
    """Any password will do; the e-mail must be one of the demo users."""
    form, world = await request.form(), serving.world(request)
    asked, email = Asked.of(form), str(form.get("email", "")).strip().lower()
    if not same_site(request):
        return _problem(request, "This form was sent from another site.")
    if email not in PEOPLE:
        values = {"app": world.app, "people": PEOPLE.values(), "email": email, "wrong": True}
        return page(request, "oauth_sign_in.html", status=400, asked=asked, **values)
    response = RedirectResponse(f"{AUTHORIZE}?{urlencode(asked.as_dict())}", 303)
    response.set_cookie(COOKIE, email, httponly=True, samesite="lax")
    return response


async def sign_out(request: Request) -> Response:
    asked = Asked.of(await request.form())
    response = RedirectResponse(f"{AUTHORIZE}?{urlencode(asked.as_dict())}", 303)
    response.delete_cookie(COOKIE)
    return response


async def decide(request: Request) -> Response:
    """**Authorize** or **No thanks**."""
    form, world = await request.form(), serving.world(request)
    asked, realm = Asked.of(form), str(form.get("realm", ""))
    person = PEOPLE.get(request.cookies.get(COOKIE, ""))
    refusal = _refusal(request, world, asked)
    if refusal or not same_site(request):
        return refusal or _problem(request, "This form was sent from another site.")
    if form.get("answer") != "authorize":
        return asked.back(error="access_denied")
    if person is None or realm not in world.state.realms or not person.administrator:
        return _next_page(request, world, asked, realm)
    return _granted(world, asked, realm, person)


def _granted(world: World, asked: Asked, realm: str, person: Person) -> Response:
    grant = world.state.grants.consent(
        realm=realm,
        client_id=asked.client_id,
        user=person.email,
        scopes=asked.scopes,
        redirect_uri=asked.redirect_uri,
    )
    world.remember_grants()
    return asked.back(code=grant.code, realmId=realm)


ROUTES = [
    Route(AUTHORIZE, authorize),
    Route("/connect/sign-in", sign_in, methods=["POST"]),
    Route("/connect/sign-out", sign_out, methods=["POST"]),
    Route("/connect/decide", decide, methods=["POST"]),
]
