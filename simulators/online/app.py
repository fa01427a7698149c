"""The whole simulator as one ASGI application."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from simulators.online import control, v3
from simulators.online.browser import pages
from simulators.online.oauth import consent, endpoints
from simulators.online.world import World
from simulators.shared import STATIC


def build(world: World) -> Starlette:
    """Routes over one world; its log is closed when the server stops."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        yield
        world.log.close()

    routes = [*v3.ROUTES, *endpoints.ROUTES, *consent.ROUTES, *control.ROUTES, *pages.ROUTES]
    app = Starlette(routes=[*routes, Mount("/static", StaticFiles(directory=STATIC))], lifespan=lifespan)
    app.state.world = world
    return app
