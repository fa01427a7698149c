"""The TCP side: connections that can be cut with a real reset."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import Any

from starlette.requests import Request
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_open: dict[tuple[str, int], asyncio.Transport] = {}


class CuttableProtocol(HttpToolsProtocol):
    """Remembers each connection by its peer, so that a handler can cut its own."""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        if self.client:
            _open[self.client] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        if self.client:
            _open.pop(self.client, None)
        super().connection_lost(exc)


def reset(request: Request) -> None:
    """Cut the connection so that the client sees ECONNRESET; the handler itself goes on."""
    peer = (request.client.host, request.client.port) if request.client else None
    transport = _open.get(peer) if peer else None
    if transport is None:
        return
    connection = transport.get_extra_info("socket")
    if connection is not None:
        # Linger of 0 seconds makes the kernel send RST instead of FIN.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
