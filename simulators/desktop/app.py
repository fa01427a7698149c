"""The whole simulator as one ASGI application."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from simulators.desktop import control, wire
from simulators.desktop.browser import pages
from simulators.desktop.machine import Machine
from simulators.desktop.request_processor import RequestProcessor
from simulators.shared import STATIC


def build(machine: Machine) -> Starlette:
    """Routes over one machine; its files are closed when the server stops."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        yield
        machine.close()

    routes = [*wire.ROUTES, *control.ROUTES, *pages.ROUTES, Mount("/static", StaticFiles(directory=STATIC))]
    app = Starlette(routes=routes, lifespan=lifespan)
    app.state.machine, app.state.processor = machine, RequestProcessor(machine)
    return app
