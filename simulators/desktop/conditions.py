"""The state a company file and the computer round it can be put in, and faults that befall the next calls."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from typing import Any

from simulators.desktop.hresults import WORDS, HostError
from simulators.desktop.statuses import CODES, Refusal

ANSWERS = ("no", "once", "when_running", "always")
METHODS = ("OpenConnection2", "BeginSession", "ProcessRequest", "EndSession", "any")
# How a message set answers what comes after the request that it stopped at
AFTER_STOP = ("3231", "absent")
OPERATIONS = ("any", "write", "read", "Query", "Add", "Mod", "Del")


class BadCondition(ValueError):
    """A condition or fault can't be understood; the text says why."""


@dataclass
class Conditions:
    """What the control address and the fault panel set. Counters run down to nought by themselves.

    ``access_answer``: how the access dialog is answered without a person; None leaves it standing until one does.
    ``locked_record``: ids of records that somebody has open, ``*`` for every record.
    ``quits_after``: with ``quits_mid_session``, how many requests of the set are still carried out; None: none of them.
    """

    access_answer: str | None = None
    not_started: bool = False
    cannot_start: bool = False
    still_starting: bool = False
    modal_dialog: bool = False
    other_file_open: bool = False
    single_user_other: bool = False
    multi_user: bool = False
    signed_in_as: str = "Admin"
    locked_record: list[str] = field(default_factory=list)
    slow: float = 0.0
    answer_lost_after_save: int = 0
    quits_mid_session: int = 0
    quits_after: int | None = None
    rest_after_stop: str = AFTER_STOP[0]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    def update(self, changes: dict[str, Any]) -> None:
        """All of ``changes`` or none. Raises BadCondition."""
        cleaned = {name: _clean(name, value) for name, value in changes.items()}
        for name, value in cleaned.items():
            setattr(self, name, value)

    def spend(self, name: str) -> bool:
        """Whether the counter had something left."""
        left = int(getattr(self, name))
        if left > 0:
            setattr(self, name, left - 1)
        return left > 0


_WORDS = {"access_answer": (None, *ANSWERS), "rest_after_stop": AFTER_STOP}


def _clean(name: str, value: Any) -> Any:
    usual = {item.name: getattr(Conditions(), item.name) for item in fields(Conditions)}
    if name not in usual:
        raise BadCondition(f"There is no condition called {name}.")
    if name in _WORDS:
        if value not in _WORDS[name]:
            raise BadCondition(f"{name} must be one of {', '.join(str(word) for word in _WORDS[name])}.")
        return value
    if name == "locked_record":
        return _ids(value)
    if isinstance(usual[name], bool):
        return bool(value)
    if isinstance(usual[name], str):
        return str(value)
    return _number(name, value, optional=usual[name] is None, whole=not isinstance(usual[name], float))


def _ids(value: Any) -> list[str]:
    if value in (True, "*"):
        return ["*"]
    if not value:
        return []
    return [value] if isinstance(value, str) else [str(item) for item in value]


def _number(name: str, value: Any, *, optional: bool, whole: bool) -> float | int | None:
    if value is None and optional:
        return None
    try:
        number = int(value) if whole else float(value)
    except (TypeError, ValueError):
        raise BadCondition(f"{name} must be a number.") from None
    if number < 0:
        raise BadCondition(f"{name} can't be negative.")
    return number


@dataclass
class Fault:
    """One fault waiting. With an ``hresult`` a whole call fails, with a ``code`` one request is refused.

    ``commit``: the call's work is done before it fails. ``count`` None: until it is taken away.
    """

    id: int
    hresult: str = ""
    code: int = 0
    message: str = ""
    method: str = "ProcessRequest"
    operation: str = "any"
    entity: str = ""
    count: int | None = 1
    skip: int = 0
    commit: bool = False

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    def spend(self) -> bool:
        """Whether the fault acts this time."""
        if self.skip:
            self.skip -= 1
            return False
        if self.count is not None:
            self.count -= 1
        return True

    def wants_request(self, name: str) -> bool:
        """``name`` is a request's without ``Rq``."""
        kind = next((kind for kind in ("Query", "Add", "Mod", "Del") if name.endswith(kind)), "")
        groups = {"any", kind, "read" if kind == "Query" else "write"}
        return self.operation in groups and (not self.entity or name.removesuffix(kind) == self.entity)


@dataclass
class Faults:
    """Those of one company file, tried in order."""

    rules: list[Fault] = field(default_factory=list)
    _last: int = 0

    def add(self, body: Any) -> Fault:
        """Raises BadCondition."""
        self._last += 1
        fault = _fault(self._last, body)
        self.rules.append(fault)
        return fault

    def replace(self, bodies: Any) -> None:
        """All or nothing. Raises BadCondition."""
        if not isinstance(bodies, list):
            raise BadCondition("Faults are a list.")
        self.rules = [_fault(self._last + index, body) for index, body in enumerate(bodies, 1)]
        self._last += len(bodies)

    def remove(self, id: int) -> None:
        self.rules = [rule for rule in self.rules if rule.id != id]

    def call(self, method: str, requests: list[str]) -> Fault | None:
        """The fault that befalls a whole call; ``requests`` are the names in its message set."""
        for rule in self.rules:
            right = rule.hresult and rule.method in (method, "any")
            if (
                right
                and (rule.operation == "any" or any(rule.wants_request(name) for name in requests))
                and rule.spend()
            ):
                self._sweep()
                return rule
        return None

    def request(self, name: str) -> Refusal | None:
        """The refusal that befalls one request."""
        for rule in self.rules:
            if rule.code and rule.wants_request(name) and rule.spend():
                self._sweep()
                return Refusal(rule.code, rule.message or f"{CODES.get(rule.code, 'Error')}.")
        return None

    def _sweep(self) -> None:
        self.rules = [rule for rule in self.rules if rule.count is None or rule.count > 0]


def raised(fault: Fault) -> HostError:
    return HostError(fault.hresult, fault.message)


def _fault(id: int, body: Any) -> Fault:
    if not isinstance(body, dict) or set(body) - {item.name for item in fields(Fault)}:
        raise BadCondition(f"A fault has {', '.join(item.name for item in fields(Fault))}.")
    fault = Fault(**{**body, "id": id})
    times = body.get("count", 1)
    if bool(fault.hresult) == bool(fault.code):
        raise BadCondition("A fault has either an hresult or a code.")
    if fault.hresult and fault.hresult not in WORDS:
        raise BadCondition(f"hresult must be one of {', '.join(WORDS)}.")
    if fault.method not in METHODS or fault.operation not in OPERATIONS:
        raise BadCondition(f"method is one of {', '.join(METHODS)}; operation is one of {', '.join(OPERATIONS)}.")
    if times is not None and (not isinstance(times, int) or times < 1):
        raise BadCondition("count must be a whole number from 1, or null for as long as the fault stands.")
    return fault
