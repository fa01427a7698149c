"""Three errors, raised at the edge where they are understood, and one that isn't an error but a state.

Whose turn is it now? Nobody's (`Retryable`), the user's (`Rejected`), the administrator's (`Disconnected`).
`UnknownOutcome` says that a write may or may not have happened. Anything else that is raised is a bug of ours.
"""

from __future__ import annotations


class AccountingError(Exception):
    """`code` is the accounting system's own; `message` is a sentence for the person; `detail` is what was received."""

    def __init__(self, message: str, *, code: str = "", detail: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.detail = detail


class Retryable(AccountingError):
    """Not now, and certainly not executed: throttled, busy, unreachable before anything left. `after` in seconds."""

    def __init__(self, message: str, *, code: str = "", detail: str = "", after: float | None = None) -> None:
        super().__init__(message, code=code, detail=detail)
        self.after = after


class Rejected(AccountingError):
    """Never like this: the user acts. `lift` is what would lift it: mapping, inactive, period; "" for never."""

    def __init__(self, message: str, *, code: str = "", detail: str = "", lift: str = "") -> None:
        super().__init__(message, code=code, detail=detail)
        self.lift = lift


class Disconnected(AccountingError):
    """Nothing will work until the administrator acts; the connection pauses and its rows wait."""


class UnknownOutcome(AccountingError):
    """A write was sent and its outcome isn't known: time-out, reset, 5xx, unreadable answer."""
