"""The whole simulator as one ASGI application."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette

from simulators.desktop import control, wire
from simulators.desktop.machine import Machine
from simulators.desktop.request_processor import RequestProcessor


def build(machine: Machine) -> Starlette:
    """Routes over one machine; its files are closed when the server stops."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        yield
        machine.close()

    app = Starlette(routes=[*wire.ROUTES, *control.ROUTES], lifespan=lifespan)
    app.state.machine, app.state.processor = machine, RequestProcessor(machine)
    return app
