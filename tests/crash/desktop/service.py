"""BigTime's web server as a process that may be killed: forked from here, on an address that outlives it."""

from __future__ import annotations

import socket

from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer
from django.test.testcases import QuietWSGIRequestHandler
from django.urls import reverse

from tests.crash.workers import Worker, fork


class Service:
    """At most one server at a time. What connects while there is none waits for the next."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=50)
        self.server: Worker | None = None

    @property
    def address(self) -> str:
        host, port = self._socket.getsockname()
        return f"http://{host}:{port}{reverse('quickbooks_desktop:soap')}"

    def start(self, crash_at: str = "") -> Worker:
        """The running server, or a new one that dies at that place."""
        if self.server is None or not self.server.is_alive:
            self.server = fork(self._serve, crash_at=crash_at)
        return self.server

    def stop(self) -> None:
        if self.server is not None and self.server.is_alive:
            self.server.kill_after(0)
        self.server = None

    def close(self) -> None:
        self.stop()
        self._socket.close()

    def _serve(self) -> None:
        address = self._socket.getsockname()
        server = ThreadedWSGIServer(address, QuietWSGIRequestHandler, bind_and_activate=False)
        server.socket.close()
        server.socket = self._socket
        server.server_name, server.server_port = address
        server.setup_environ()
        server.set_app(WSGIHandler())
        server.serve_forever(poll_interval=5)
