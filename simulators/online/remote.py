"""The QuickBooks Online simulator as whoever drives it from outside sees it."""

from __future__ import annotations

from typing import Any

from simulators.remote import Control

Json = dict[str, Any]


class Simulator(Control):
    """Its companies by realm."""

    def reset(self, seed: str = "empty") -> None:
        self.call("POST", "/reset", {"seed": seed})

    def config(self, **values: Any) -> Any:
        return self.call("PUT", "/config", values)

    def create_realm(self, name: str, currency: str = "USD", **values: Any) -> str:
        return str(self.call("POST", "/realms", {"name": name, "currency": currency, **values})["realm"])

    def grant(self, realm: str, client_id: str = "") -> Json:
        """Tokens, as an authorization would give them; without a client id, to the demo's own app."""
        answer: Json = self.call("POST", f"/{realm}/grant", {"client_id": client_id})
        return answer

    def create(self, realm: str, entity: str, **fields: Any) -> Json:
        answer: Json = self.call("POST", f"/{realm}/objects/{entity}", fields)
        return answer

    def dump(self, realm: str, entity: str) -> list[Json]:
        rows: list[Json] = self.call("GET", f"/{realm}/dump/{entity}")["items"]
        return rows

    def fill(self, realm: str, **sizes: int) -> None:
        """With so many customers, jobs and time_activities."""
        self.call("POST", f"/{realm}/fill", sizes)

    def faults(self, realm: str, rules: list[Json]) -> None:
        self.call("PUT", f"/{realm}/faults", rules)

    def journal(self, realm: str, after: int = 0, entity: str = "") -> list[Json]:
        found = self.call("GET", f"/journal?realm={realm}&after={after}&entity={entity}")
        entries: list[Json] = found["entries"]
        return entries

    def stats(self, *, reset: bool = False) -> Json:
        """What was counted since they were reset last."""
        stats: Json = self.call("GET", "/stats")
        if reset:
            self.call("POST", "/stats/reset")
        return stats
