"""A service of a few lines for the agent to call: SOAP and JSON over real HTTP, with every call written down."""

from __future__ import annotations

import json
import threading
import xml.etree.ElementTree as ET
from collections import deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from xml.sax.saxutils import escape

NAMESPACE = "http://developer.intuit.com/"
SECRET = "the-agent's-secret-4711"
PASSWORD = "correct horse battery"


@dataclass
class Call:
    name: str
    values: list[str]
    body: bytes
    authorization: str = ""
    last_session: str = ""

    @property
    def facts(self) -> dict[str, Any]:
        return json.loads(self.body or b"{}")


@dataclass
class Service:
    """What it answers can be changed at any time; `requests` are handed out one after the other.

    With no `admission` set it lets the agent in while there are requests, and says "none" otherwise.
    """

    calls: list[Call] = field(default_factory=list)
    admission: list[str] = field(default_factory=list)
    requests: deque[str] = field(default_factory=deque)
    errors: deque[str] = field(default_factory=deque)
    percents: deque[int] = field(default_factory=deque)
    connection_errors: deque[str] = field(default_factory=deque)
    standing: dict[str, Any] = field(default_factory=lambda: {"state": "Active", "interval": 60})
    refusals: dict[str, tuple[int, dict[str, Any]]] = field(default_factory=dict)
    lost: dict[str, int] = field(default_factory=dict)
    client_version: str = ""
    answered: dict[str, bytes] = field(default_factory=dict)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def names(self) -> list[str]:
        return [call.name for call in self.calls]

    def of(self, name: str) -> list[Call]:
        return [call for call in self.calls if call.name == name]

    def soap(self, operation: str, values: list[str]) -> str | list[str]:
        """The operation's result."""
        if operation == "authenticate":
            return self.admission or ["session-ticket-0815", "" if self.requests else "none"]
        if operation == "sendRequestXML":
            return self.requests.popleft() if self.requests else ""
        if operation == "receiveResponseXML":
            return str(self.percents.popleft() if self.percents else 50 if self.requests else 100)
        if operation == "getLastError":
            return self.errors.popleft() if self.errors else "nothing more"
        if operation == "connectionError":
            return self.connection_errors.popleft() if self.connection_errors else "done"
        return {"serverVersion": "1", "clientVersion": self.client_version, "closeConnection": "OK"}[operation]

    def json(self, name: str, call: Call) -> tuple[int, dict[str, Any]]:
        """Status and object."""
        if name in self.refusals:
            return self.refusals[name]
        if name == "sign-in":
            if call.facts["password"] != PASSWORD:
                return 401, {"error": "wrong_credentials", "message": "E-mail address or password is wrong."}
            return 200, {
                "token": "sign-in-token-1234",
                "person": "Ada Admin",
                "firms": [{"id": 7, "name": "Northwind"}],
            }
        if name == "register":
            soap_url = f"{self.url}/quickbooks/desktop/soap"
            return 201, {
                "agent_id": "agent-1", "secret": SECRET, "soap_url": soap_url, "firm_name": "Northwind",
                "app_name": "BigTime Sync Agent", "app_id": "bt", "owner_id": "", "file_id": "",
            }  # fmt: skip
        return 200, self.standing if name in {"heartbeat", "sync-now", "pause"} else {}


def running(service: Service) -> ThreadingHTTPServer:
    """Serves on a free port until shut down."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, said = _soap(service, self, body) if self.path.endswith("/soap") else _json(service, self, body)
            if status == 0:
                self.close_connection = True
                return
            self.send_response(status)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    service.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    return server


def _soap(service: Service, handler: BaseHTTPRequestHandler, body: bytes) -> tuple[int, bytes]:
    element = ET.fromstring(body)[0][0]
    operation = element.tag.split("}")[1]
    values = [child.text or "" for child in element]
    named = handler.headers.get("BigTime-Last-Session", "")
    service.calls.append(Call(operation, values, body, last_session=named))
    if service.lost.get(operation, 0) > 0:
        service.lost[operation] -= 1
        return 0, b""
    if operation in service.answered:
        return 200, service.answered[operation]
    result = service.soap(operation, values)
    inside = escape(result) if isinstance(result, str) else "".join(f"<string>{escape(one)}</string>" for one in result)
    return 200, (
        '<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">'
        f'<soap:Body><{operation}Response xmlns="{NAMESPACE}"><{operation}Result>{inside}</{operation}Result>'
        f"</{operation}Response></soap:Body></soap:Envelope>"
    ).encode()


def _json(service: Service, handler: BaseHTTPRequestHandler, body: bytes) -> tuple[int, bytes]:
    name = handler.path.rsplit("/", 1)[1]
    call = Call(name, [], body, handler.headers.get("Authorization", ""))
    service.calls.append(call)
    if service.lost.get(name, 0) > 0:
        service.lost[name] -= 1
        return 0, b""
    status, said = service.json(name, call)
    return status, json.dumps(said).encode()
