"""All companies, grants and counters of one running simulator, and the log that brings them back."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from simulators.online import clock, fill, seed
from simulators.online.config import Config
from simulators.online.entities import ENTITIES
from simulators.online.faults import FaultRules
from simulators.online.fields import to_day
from simulators.online.grants import App, Grants
from simulators.online.journal import Entry, LogFile, Origin
from simulators.online.limits import Limiter
from simulators.online.operations import Change, write
from simulators.online.realm import Realm
from simulators.online.request_ids import RequestIds
from simulators.online.rows import encode
from simulators.online.stats import Stats


@dataclass
class State:
    """What a reset throws away."""

    realms: dict[str, Realm] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    seq: int = 0
    grants: Grants = field(default_factory=Grants)
    requests: RequestIds = field(default_factory=RequestIds)
    limiter: Limiter = field(default_factory=Limiter)
    faults: dict[str, FaultRules] = field(default_factory=dict)
    stats: Stats = field(default_factory=Stats)


class World:
    """The simulator's state. Single threaded: every method runs to its end on the event loop."""

    def __init__(self, data: Path, *, app: App, config: Config, seed_name: str) -> None:
        self.app, self._start_config = app, config
        self.config = Config(**asdict(config))
        self.state = State()
        self.log = LogFile(data / "log.jsonl")
        for record in self.log.replay():
            self._replay(record)
        if not self.state.realms and seed_name != "none":
            self.reset(seed_name)

    def reset(self, seed_name: str) -> None:
        """Forget everything, settings included, and begin with a named set of companies."""
        self.log.clear()
        self.config = Config(**asdict(self._start_config))
        self.state = State()
        at = int(time.time())
        self.log.add("seed", {"name": seed_name, "at": at})
        self.state.realms = seed.build(seed_name, at)
        self.log.flush()

    def add_realm(self, name: str, currency: str) -> Realm:
        """A small company with a chart of accounts and little else."""
        number = max((int(realm) for realm in self.state.realms), default=9_341_453_000_000_000) + 1
        record = {"id": str(number), "name": name, "currency": currency, "at": int(time.time())}
        self.log.add("realm", record)
        self.log.flush()
        return self._build_realm(record)

    def fill(self, realm: Realm, *, customers: int, jobs: int, time_activities: int) -> dict[str, int]:
        counts = {"customers": customers, "jobs": jobs, "time_activities": time_activities}
        at = int(time.time())
        self.log.add("fill", {"realm": realm.id, "at": at, **counts})
        self.log.flush()
        return fill.fill(realm, at=at, **counts)

    def commit(self, realm: Realm, change: Change, origin: Origin) -> Entry:
        """Number a write and remember it; ``log.flush`` makes it last."""
        state, row = self.state, change.row
        state.seq += 1
        entry = Entry(
            state.seq, time.time(), realm.id, change.op, change.entity.name, row.id, row.token,
            row.created, row.updated, origin, row.raw,
        )  # fmt: skip
        state.entries.append(entry)
        self.log.add_entry(entry)
        state.stats.wrote(change.op, change.entity.name)
        return entry

    def close_books(self, realm: Realm, day: str, *, password: bool, via: str = "control") -> None:
        """Set, or with an empty text lift, the closing date. Raises Refusal for what is no date."""
        prefs = realm.preferences()
        accounting = {key: value for key, value in prefs["AccountingInfoPrefs"].items() if key != "BookCloseDate"}
        if day:
            accounting["BookCloseDate"] = to_day(day, "BookCloseDate")
        body = {"AccountingInfoPrefs": accounting}
        change = write(realm, ENTITIES["Preferences"], body, now=clock.now(), privileged=True)
        realm.closing_password = password
        self.commit(realm, change, Origin(via=via))
        self.log.add("closing", {"realm": realm.id, "password": password})
        self.log.flush()

    def faults(self, realm_id: str) -> FaultRules:
        return self.state.faults.setdefault(realm_id, FaultRules())

    def configure(self, changes: dict[str, Any]) -> None:
        """Raises BadConfig; survives a restart."""
        self.config.update(changes)
        self.log.add("config", {"changes": changes})
        self.log.flush()

    def remember_grants(self) -> None:
        """Write down what changed in grants and tokens."""
        for kind, record in self.state.grants.take_changes():
            self.log.add(kind, record)
        self.log.flush()

    def _build_realm(self, record: dict[str, Any]) -> Realm:
        realm = seed.small_company(record["id"], record["name"], record["currency"], record["at"])
        self.state.realms[realm.id] = realm
        return realm

    def _replay(self, record: dict[str, Any]) -> None:
        kind = record.pop("t")
        getattr(self, f"_replay_{kind}")(record)

    def _replay_seed(self, record: dict[str, Any]) -> None:
        self.state.realms = seed.build(record["name"], record["at"])

    def _replay_realm(self, record: dict[str, Any]) -> None:
        self._build_realm(record)

    def _replay_closing(self, record: dict[str, Any]) -> None:
        self.state.realms[record["realm"]].closing_password = record["password"]

    def _replay_fill(self, record: dict[str, Any]) -> None:
        fill.fill(self.state.realms[record.pop("realm")], **record)

    def _replay_config(self, record: dict[str, Any]) -> None:
        self.config.update(record["changes"])

    def _replay_reply(self, record: dict[str, Any]) -> None:
        self.state.requests.restore(**record)

    def _replay_grant(self, record: dict[str, Any]) -> None:
        self.state.grants.restore_grant(record)

    def _replay_access(self, record: dict[str, Any]) -> None:
        self.state.grants.restore_access(record)

    def _replay_write(self, record: dict[str, Any]) -> None:
        realm, entity = self.state.realms[record["realm"]], ENTITIES[record["entity"]]
        body, token = record["body"], int(record["sync_token"])
        origin = Origin(record["via"], record["requestid"], record["batch"])
        if record["op"] == "delete":
            realm.remove(entity, record["id"], int(record["at"]))
        else:
            realm.put(entity, body, token, record["created"], record["updated"])
        self.state.seq = record["seq"]
        self.state.entries.append(
            Entry(
                record["seq"],
                record["at"],
                realm.id,
                record["op"],
                entity.name,
                record["id"],
                token,
                record["created"],
                record["updated"],
                origin,
                encode(body),
            )
        )
