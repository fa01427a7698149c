"""A plain HTTP client of the simulated API, as a test of it wants one."""

from __future__ import annotations

import itertools
import json
from typing import Any

import requests

from simulators.online.remote import Simulator

Json = dict[str, Any]
_names = itertools.count(1)


class Caller:
    """Calls one company with a token of its own; answers are parsed, statuses are the caller's to judge."""

    def __init__(self, simulator: Simulator, realm: str) -> None:
        self.simulator, self.realm = simulator, realm
        self.base = f"{simulator.url}/v3/company/{realm}"
        self.session = requests.Session()
        self.tokens: Json = simulator.grant(realm)
        self.session.headers["Authorization"] = f"Bearer {self.tokens['access_token']}"

    def post(self, path: str, body: Any, timeout: float = 20, **parameters: Any) -> requests.Response:
        data = body if isinstance(body, str | bytes) else json.dumps(body)
        headers = {"Content-Type": "application/json"}
        return self.session.post(f"{self.base}/{path}", data=data, params=parameters, headers=headers, timeout=timeout)

    def get(self, path: str, **parameters: str) -> requests.Response:
        return self.session.get(f"{self.base}/{path}", params=parameters, timeout=20)

    def create(self, entity: str, **fields: Any) -> Json:
        """The created object; fails the test on a refusal."""
        answer = self.post(entity.lower(), fields)
        assert answer.status_code == 200, answer.text
        created: Json = answer.json()[entity]
        return created

    def change(self, entity: str, stored: Json, **fields: Any) -> Json:
        """A sparse update."""
        return self.create(entity, Id=stored["Id"], SyncToken=stored["SyncToken"], sparse=True, **fields)

    def refused(self, entity: str, **fields: Any) -> Json:
        """The first error of a write that must be refused, and must have changed nothing."""
        before = self.simulator.dump(self.realm, entity)
        answer = self.post(entity.lower(), fields)
        assert answer.status_code == 400, answer.text
        assert self.simulator.dump(self.realm, entity) == before
        error: Json = answer.json()["Fault"]["Error"][0]
        return error

    def query(self, statement: str) -> Json:
        answer = self.session.post(
            f"{self.base}/query", data=statement.encode(), headers={"Content-Type": "application/text"}, timeout=20
        )
        assert answer.status_code == 200, answer.text
        found: Json = answer.json()["QueryResponse"]
        return found

    def query_error(self, statement: str) -> Json:
        answer = self.session.post(f"{self.base}/query", data=statement.encode(), timeout=20)
        assert answer.status_code == 400, answer.text
        error: Json = answer.json()["Fault"]["Error"][0]
        return error

    def batch(self, items: list[Json], **parameters: Any) -> list[Json]:
        answer = self.post("batch", {"BatchItemRequest": items}, **parameters)
        assert answer.status_code == 200, answer.text
        answers: list[Json] = answer.json()["BatchItemResponse"]
        return answers

    def customer(self, **fields: Any) -> Json:
        return self.create("Customer", **{"DisplayName": f"Customer {next(_names)}", **fields})

    def employee(self, **fields: Any) -> Json:
        return self.create("Employee", **{"GivenName": "Maya", "FamilyName": f"Okafor {next(_names)}", **fields})

    def vendor(self, **fields: Any) -> Json:
        return self.create("Vendor", **{"DisplayName": f"Vendor {next(_names)}", **fields})

    def journal(self) -> list[Json]:
        return self.simulator.journal(self.realm)


def ref(stored: Json) -> dict[str, str]:
    return {"value": stored["Id"]}
