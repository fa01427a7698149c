"""What Intuit's answers mean: the HTTP status first, then the fault's code, then its text.

Codes: https://developer.intuit.com/app/developer/qbo/docs/develop/troubleshooting/error-codes. A read that failed was
not executed and can be asked again; a write that failed without a clear refusal may have been executed.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from requests import exceptions as http

from integrations.sync.errors import AccountingError, Disconnected, Rejected, Retryable, UnknownOutcome

DETAIL_LENGTH = 2000


class TokenRejected(Retryable):
    """401: the access token isn't accepted. Nothing was executed; a refreshed one may be."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What one code means. `lift` as in Rejected; `text` must occur in the fault's words, lower case."""

    kind: str  # retry, auth, token, unknown, refused
    sentence: str
    lift: str = ""
    text: str = ""


THROTTLED = "QuickBooks limits how fast it can be asked. This is tried again by itself."
BUSY = "QuickBooks had a problem of its own. This is tried again by itself."
UNKNOWN = "QuickBooks didn't say whether it saved this. BigTime looks there before it sends it again."
UNREACHABLE = "QuickBooks couldn't be reached. This is tried again by itself."
NO_ACCESS = "QuickBooks no longer lets BigTime into this company. Reconnect to continue."
CLOSED = "The books are closed on this date. Open the period in QuickBooks, or change the date."
INACTIVE = "Something this refers to was made inactive in QuickBooks: customer, employee, vendor or item."
MISSING = "Something this refers to is no longer in QuickBooks. Update from QuickBooks, then check the links."

RULES: dict[str, tuple[Rule, ...]] = {
    "100": (Rule("token", NO_ACCESS),),
    "110": (Rule("token", NO_ACCESS),),
    "120": (
        Rule("auth", "The person who connected QuickBooks is no longer its administrator. Reconnect to continue."),
    ),
    "130": (Rule("retry", BUSY),),
    "140": (Rule("retry", "This QuickBooks company is locked at the moment. This is tried again by itself."),),
    "150": (Rule("retry", "QuickBooks is under maintenance. This is tried again by itself."),),
    "429": (Rule("retry", THROTTLED),),
    "600": (Rule("unknown", UNKNOWN),),
    "610": (Rule("refused", INACTIVE, "inactive", "inactive"), Rule("refused", MISSING, "mapping")),
    "1000": (Rule("unknown", UNKNOWN),),
    "1010": (Rule("unknown", UNKNOWN),),
    "1020": (Rule("unknown", UNKNOWN),),
    "2170": (Rule("refused", "QuickBooks doesn't accept one of the values, for instance the billable status."),),
    "2500": (Rule("refused", INACTIVE, "inactive", "inactive"), Rule("refused", MISSING, "mapping")),
    "3001": (Rule("retry", THROTTLED),),
    "3100": (Rule("auth", NO_ACCESS),),
    "3200": (Rule("token", NO_ACCESS),),
    "5010": (Rule("unknown", "This was changed in QuickBooks at the same time."),),
    "5020": (
        Rule("auth", "The person who connected QuickBooks isn't allowed to do this there. Reconnect to continue."),
    ),
    "5030": (Rule("refused", "A feature this needs is switched off in QuickBooks, or not part of its plan."),),
    "6140": (Rule("unknown", "QuickBooks already has a document with this number."),),
    "6190": (Rule("auth", "The QuickBooks subscription has ended: the company can only be read."),),
    "6200": (Rule("refused", CLOSED, "period"),),
    # Two lists give 6210 two meanings, so the words decide.
    "6210": (Rule("refused", CLOSED, "period", "period"), Rule("unknown", "QuickBooks already has this number.")),
    "6240": (Rule("refused", "QuickBooks already has a customer, vendor or employee of this name."),),
    "6250": (Rule("refused", "The customer is missing or inactive in QuickBooks.", "inactive"),),
    "6290": (Rule("refused", "QuickBooks wants either an employee or a vendor, not both.", "mapping"),),
    "6300": (Rule("refused", "QuickBooks doesn't know this employee or vendor.", "mapping"),),
    "6310": (Rule("refused", "Billable time needs a customer in QuickBooks.", "mapping"),),
    "6320": (Rule("refused", "QuickBooks doesn't accept this billable status."),),
    "6330": (Rule("refused", "Billable time needs an hourly rate in QuickBooks.", "mapping"),),
    "6340": (Rule("refused", "QuickBooks doesn't accept these hours and minutes."),),
    "6350": (Rule("refused", "The hours and minutes are missing."),),
    "10000": (Rule("unknown", UNKNOWN),),
}
# Of the codes above, those that are mended on a page of ours; the others are mended in QuickBooks.
MENDS = {"6320": ("Change the settings", "integrations:settings")}


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer as a value. `retry_after` in seconds, where the other side said so."""

    status: int
    text: str
    tid: str = ""
    retry_after: float | None = None


def of_answer(answer: Answer, fault: Mapping[str, Any] | None, *, write: bool) -> AccountingError:
    """The error that an answer without a usable result stands for. `fault` is its Fault document, where it has one."""
    code, message = code_and_text(fault)
    detail = f"HTTP {answer.status}, intuit_tid {answer.tid or 'none'}: {message or answer.text}"[:DETAIL_LENGTH]
    if answer.status == 429 or code in {"3001", "429"} or "throttl" in message.lower():
        return Retryable(THROTTLED, code=code or "429", detail=detail, after=answer.retry_after)
    if answer.status == 401:
        return TokenRejected(NO_ACCESS, code=code or "401", detail=detail)
    if answer.status == 403 and code not in RULES:
        return Disconnected(NO_ACCESS, code=code or "403", detail=detail)
    if answer.status >= 500 or not code:
        return _uncertain(code or str(answer.status), detail, write=write)
    return _of_code(code, message, detail, write=write)


def of_fault(fault: Mapping[str, Any], *, is_replay: bool = False) -> AccountingError:
    """What the Fault of a batch's item, a write, stands for. A replay's 6000 may mean that the first was executed."""
    code, message = code_and_text(fault)
    if not code or (is_replay and code == "6000"):
        return _uncertain(code or "fault", message[:DETAIL_LENGTH], write=True)
    return _of_code(code, message, message[:DETAIL_LENGTH], write=True)


def of_exception(error: http.RequestException, *, write: bool) -> AccountingError:
    """A call without an answer. Only what certainly happened before the first byte was sent counts as not executed."""
    detail = f"{type(error).__name__}: {error}"[:DETAIL_LENGTH]
    if was_never_sent(error):
        return Retryable(UNREACHABLE, code="unreachable", detail=detail)
    return _uncertain("no_answer", detail, write=write)


def was_never_sent(error: http.RequestException) -> bool:
    if isinstance(error, http.ConnectTimeout | http.ProxyError | http.InvalidURL | http.MissingSchema):
        return True
    # requests keeps urllib3's reason inside its own: a connection that couldn't be made, or a name not resolved.
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    if isinstance(error, http.SSLError):
        # TLS may break at any time; only a certificate is judged before the first byte of ours leaves.
        return any(isinstance(each, ssl.SSLCertVerificationError) for each in getattr(reason, "args", ()))
    return isinstance(error, http.ConnectionError) and type(reason).__name__ in {
        "NewConnectionError", "NameResolutionError", "ConnectTimeoutError"
    }  # fmt: skip


def code_and_text(fault: Mapping[str, Any] | None) -> tuple[str, str]:
    """The first error's code, without leading zeros, and its words; both spellings of the document."""
    errors = (fault or {}).get("Error") or (fault or {}).get("error") or []
    first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], Mapping) else {}
    code = str(first.get("code") or "").lstrip("0")
    # The detail says what happened, the message only of which kind it is.
    words = [str(first.get(key) or "") for key in ("Detail", "detail", "Message", "message")]
    text = re.sub(r"\s+", " ", " — ".join(word for word in words if word)).strip()
    if not code:
        found = re.search(r"errorCode=0*(\d+)", text)
        code = found.group(1) if found else ""
    return code, text


def _of_code(code: str, text: str, detail: str, *, write: bool) -> AccountingError:
    rule = next((r for r in RULES.get(code, ()) if r.text in text.lower()), None)
    if rule is None:
        words = (text.split(" — ", maxsplit=1)[0] or code).rstrip(". ")
        return Rejected(f"QuickBooks refused this: {words}.", code=code, detail=detail)
    if rule.kind == "token":
        return TokenRejected(rule.sentence, code=code, detail=detail)
    if rule.kind == "auth":
        return Disconnected(rule.sentence, code=code, detail=detail)
    if rule.kind == "retry" or (rule.kind == "unknown" and not write):
        return Retryable(rule.sentence, code=code, detail=detail)
    if rule.kind == "unknown":
        return UnknownOutcome(rule.sentence, code=code, detail=detail)
    return Rejected(rule.sentence, code=code, detail=detail, lift=rule.lift)


def _uncertain(code: str, detail: str, *, write: bool) -> AccountingError:
    return UnknownOutcome(UNKNOWN, code=code, detail=detail) if write else Retryable(BUSY, code=code, detail=detail)
