"""The QuickBooks Desktop simulator as whoever drives it from outside sees it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from simulators.remote import Control

Json = dict[str, Any]


class HostError(Exception):
    """The request processor raised; ``hresult`` as QuickBooks numbers it."""

    def __init__(self, hresult: str, message: str) -> None:
        super().__init__(f"{hresult}: {message}")
        self.hresult, self.message = hresult, message


class Desktop(Control):
    """Its company files, and its request processor."""

    def rp(self, host: str, method: str, *args: Any, opened: str = "") -> Any:
        """One call of the request processor's. Raises HostError."""
        call = {"id": 1, "host": host, "method": method, "args": args, "opened": opened}
        answer = self.ask("POST", "/rp", call)
        if "error" in answer:
            raise HostError(**answer["error"])
        return answer["result"]

    def create(self, name: str, app: str) -> CompanyFile:
        """A company file with nobody in it, which lets the program called ``app`` in."""
        made = self.call("POST", "/files", {"name": name})
        file = CompanyFile(self, made["file"], made["path"])
        self.call("PUT", f"/{file.key}/access", {"app": app, "access": "always"})
        return file


@dataclass
class CompanyFile:
    """One company file, edited over there."""

    desktop: Desktop
    key: str
    path: str

    def add(self, entity: str, **fields: Any) -> str:
        answer = self.desktop.call("POST", f"/{self.key}/objects/{entity}", fields)
        return str(answer.get("ListID") or answer.get("TxnID"))

    def delete(self, entity: str, **fields: Any) -> None:
        self.desktop.call("POST", f"/{self.key}/objects/{entity}?operation=delete", fields)

    def dump(self, entity: str) -> list[Json]:
        rows: list[Json] = self.desktop.call("GET", f"/{self.key}/dump/{entity}")["items"]
        return rows

    def journal(self, entity: str = "", op: str = "") -> list[Json]:
        found = self.desktop.call("GET", f"/journal?file={self.key}&entity={entity}&op={op}")
        entries: list[Json] = found["entries"]
        return entries

    def conditions(self, **values: Any) -> None:
        self.desktop.call("PUT", f"/{self.key}/conditions", values)

    def backup(self) -> None:
        self.desktop.call("POST", f"/{self.key}/backup", {"name": "backup"})

    def restore(self) -> None:
        self.desktop.call("POST", f"/{self.key}/restore", {"name": "backup"})

    def fill(self, **sizes: int) -> None:
        self.desktop.call("POST", f"/{self.key}/fill", sizes)
