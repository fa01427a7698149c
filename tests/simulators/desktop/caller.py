"""A QuickBooks Desktop simulator as a process: its control address, and a caller of its request processor."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from simulators.desktop.remote import Desktop
from simulators.remote import Control, started

HEAD = '<?xml version="1.0" encoding="utf-8"?><?qbxml version="13.0"?>'


class DesktopSimulator(Control):
    """Its company files by id."""

    def create(self, name: str) -> str:
        """A new company file; answers its id."""
        return str(self.call("POST", "/files", {"name": name})["file"])

    def path(self, file: str) -> str:
        found: str = next(item["path"] for item in self.call("GET", "/files")["files"] if item["file"] == file)
        return found

    def conditions(self, file: str, **changes: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.call("PUT", f"/{file}/conditions", changes)
        return answer

    def faults(self, file: str, *rules: dict[str, Any]) -> None:
        self.call("PUT", f"/{file}/faults", list(rules))

    def add(self, file: str, entity: str, **values: Any) -> dict[str, Any]:
        """A record made at the screen; with ListID or TxnID: changed. References may be full names."""
        answer: dict[str, Any] = self.call("POST", f"/{file}/objects/{entity}", values)
        return answer

    def remove(self, file: str, entity: str, id: str) -> None:
        self.call("POST", f"/{file}/objects/{entity}?operation=delete", {"ListID": id, "TxnID": id})

    def dump(self, file: str, entity: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.call("GET", f"/{file}/dump/{entity}")["items"]
        return rows

    def fill(self, file: str, **sizes: int) -> dict[str, int]:
        totals: dict[str, int] = self.call("POST", f"/{file}/fill", sizes)
        return totals

    def journal(self, file: str, after: int = 0, entity: str = "") -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = self.call("GET", f"/journal?file={file}&after={after}&entity={entity}")[
            "entries"
        ]
        return entries


class Host:
    """A request-processor host without a process: each call is one HTTP call."""

    def __init__(self, url: str, file: str, app: str = "BigTime") -> None:
        self.desktop, self.file, self.app, self.id, self.ticket = Desktop(url), file, app, str(uuid.uuid4()), ""

    def call(self, method: str, *args: Any) -> Any:
        """The result. Raises HostError."""
        return self.desktop.rp(self.id, method, *args, opened=self.file)

    def begin(self, path: str = "", mode: int = 2) -> str:
        self.call("OpenConnection2", "", self.app, 1)
        self.ticket = self.call("BeginSession", path, mode)
        return self.ticket

    def end(self) -> None:
        self.call("EndSession", self.ticket)
        self.call("CloseConnection")

    def send(self, requests: str, *, on_error: str = "stopOnError", head: str = HEAD, **attributes: str) -> str:
        """The answer's text for requests given as qbXML."""
        extra = "".join(f' {name}="{value}"' for name, value in attributes.items())
        text = f'{head}<QBXML><QBXMLMsgsRq onError="{on_error}"{extra}>{requests}</QBXMLMsgsRq></QBXML>'
        answer: str = self.call("ProcessRequest", self.ticket, text)
        return answer

    def ask(self, requests: str, **options: str) -> list[ET.Element]:
        """The ``…Rs`` elements of the answer."""
        root = ET.fromstring(self.send(requests, **options))
        return list(root[0])

    def one(self, request: str, **options: str) -> ET.Element:
        """The only ``…Rs``."""
        (answer,) = self.ask(request, **options)
        return answer


@contextmanager
def running_desktop(data: Path, *options: str) -> Iterator[DesktopSimulator]:
    """A simulator on a free port for the length of the block."""
    with started("simulators.desktop", data / "files", data / "desktop.log", "/_sim/files", *options) as url:
        yield DesktopSimulator(url)
