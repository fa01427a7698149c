"""Each answer Intuit is known to give, with what it means: for a read, and for a write."""

from __future__ import annotations

import json
import ssl
from typing import Any

import pytest
from requests import exceptions as http
from urllib3 import HTTPConnectionPool
from urllib3.exceptions import MaxRetryError, SSLError

from integrations.quickbooks.online import faults
from integrations.quickbooks.online.faults import Answer, TokenRejected
from integrations.quickbooks.online.transport import fault_of
from integrations.sync.errors import AccountingError, Disconnected, Rejected, Retryable, UnknownOutcome


def fault(code: str, message: str = "", detail: str = "") -> dict[str, Any]:
    return {
        "Error": [{"Message": message or "Error", "Detail": detail, "code": code, "element": ""}],
        "type": "ValidationFault",
    }


def gateway(status: int, code: str, words: str) -> Answer:
    """The lower-case document, as captured."""
    error = {"message": f"message={words}; errorCode=00{code}; statusCode={status}", "detail": "", "code": code}
    return Answer(status, json.dumps({"warnings": None, "fault": {"error": [error], "type": "SERVICE"}}), "tid-1")


def classify(answer: Answer, *, write: bool) -> AccountingError:
    return faults.of_answer(answer, fault_of(answer.text), write=write)


THROTTLED_XML = (
    '<?xml version="1.0"?><IntuitResponse><Fault type="SERVICE"><Error code="3001"><Message>ThrottleExceeded</Message>'
    "</Error></Fault></IntuitResponse>"
)


ANSWERS: list[tuple[Answer, type[AccountingError], type[AccountingError]]] = [
    (gateway(429, "3001", "ThrottleExceeded"), Retryable, Retryable),
    (Answer(429, THROTTLED_XML), Retryable, Retryable),
    (Answer(429, json.dumps({"Fault": fault("429", "Too Many Requests")})), Retryable, Retryable),
    (gateway(403, "3001", "ThrottleExceeded"), Retryable, Retryable),
    (gateway(401, "3200", "AuthenticationFailed"), TokenRejected, TokenRejected),
    (Answer(401, "<html>no</html>"), TokenRejected, TokenRejected),
    (gateway(403, "3100", "ApplicationAuthorizationFailed"), Disconnected, Disconnected),
    (Answer(403, "forbidden"), Disconnected, Disconnected),
    (Answer(500, ""), Retryable, UnknownOutcome),
    (Answer(503, "<html>Service Unavailable</html>"), Retryable, UnknownOutcome),
    (Answer(504, json.dumps({"Fault": fault("6000")})), Retryable, UnknownOutcome),
    (Answer(200, "<html>maintenance</html>"), Retryable, UnknownOutcome),
    (Answer(200, '{"TimeActivity": {"Id"'), Retryable, UnknownOutcome),
    (
        Answer(200, json.dumps({"Fault": fault("2010", "Request has invalid or unsupported property")})),
        Rejected,
        Rejected,
    ),
    (Answer(400, json.dumps({"Fault": fault("4000", "Error parsing query")})), Rejected, Rejected),
    (Answer(400, json.dumps({"Fault": fault("10000", "An application error")})), Retryable, UnknownOutcome),
]


@pytest.mark.parametrize(
    ("answer", "read", "write"), ANSWERS, ids=[f"{each[0].status}-{n}" for n, each in enumerate(ANSWERS)]
)
def test_whole_answers(answer: Answer, read: type[AccountingError], write: type[AccountingError]) -> None:
    assert type(classify(answer, write=False)) is read
    found = classify(answer, write=True)
    assert type(found) is write
    assert f"HTTP {answer.status}" in found.detail


MADE_INACTIVE = "Something you're trying to use has been made inactive."
SAMPLES: list[tuple[str, str, type[AccountingError], str]] = [
    ("100", "", TokenRejected, ""),
    ("110", "", TokenRejected, ""),
    ("120", ": -11014-You do not have access to use QuickBooks Online Plus.", Disconnected, ""),
    ("130", "", Retryable, ""),
    ("140", "", Retryable, ""),
    ("150", "", Retryable, ""),
    ("600", "", UnknownOutcome, ""),
    ("610", MADE_INACTIVE, Rejected, "inactive"),
    ("610", "Object Not Found : Another user has deleted this transaction.", Rejected, "mapping"),
    ("1000", "", UnknownOutcome, ""),
    ("1010", "", UnknownOutcome, ""),
    ("1020", "", UnknownOutcome, ""),
    ("2020", "Required parameter Line is missing in the request", Rejected, ""),
    ("2170", "Invalid Enumeration : HAS_BEEN_BILLED", Rejected, ""),
    ("2500", "Invalid Reference Id : Names element id 77 not found", Rejected, "mapping"),
    ("2500", MADE_INACTIVE, Rejected, "inactive"),
    ("3001", "", Retryable, ""),
    ("3100", "", Disconnected, ""),
    ("5010", "Stale Object Error : You and X were working on this at the same time.", UnknownOutcome, ""),
    ("5020", "", Disconnected, ""),
    ("5030", "", Rejected, ""),
    ("6000", "Business Validation Error: You must set a transaction amount.", Rejected, ""),
    ("6140", "Duplicate Document Number Error", UnknownOutcome, ""),
    ("6190", "", Disconnected, ""),
    ("6200", "The account period has closed", Rejected, "period"),
    ("6210", "The account period has closed and the account books cannot be updated", Rejected, "period"),
    ("6210", "duplicate document number", UnknownOutcome, ""),
    ("6240", "The name supplied already exists. : null", Rejected, ""),
    ("6250", "", Rejected, "inactive"),
    ("6290", "", Rejected, "mapping"),
    ("6300", "", Rejected, "mapping"),
    ("6310", "", Rejected, "mapping"),
    ("6320", "", Rejected, ""),
    ("6330", "", Rejected, "mapping"),
    ("6340", "", Rejected, ""),
    ("6350", "", Rejected, ""),
    ("10000", "", UnknownOutcome, ""),
    ("99999", "Something new", Rejected, ""),
]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "detail", "kind", "lift"), SAMPLES, ids=[f"{code}-{n}" for n, (code, *_) in enumerate(SAMPLES)]
)
def test_faults_of_one_item(code: str, detail: str, kind: type[AccountingError], lift: str) -> None:
    found = faults.of_fault(fault(code, "Error", detail))
    assert type(found) is kind
    assert found.code == code
    assert getattr(found, "lift", "") == lift
    assert found.message.endswith(".")


def test_every_rule_has_a_sample() -> None:
    assert set(faults.RULES) - {"429", "3200"} <= {code for code, *_ in SAMPLES}


def test_what_is_mended_on_a_page_of_ours_has_a_rule() -> None:
    assert set(faults.MENDS) <= set(faults.RULES)


def test_6000_on_a_replay_may_be_our_own_first_attempt() -> None:
    assert type(faults.of_fault(fault("6000"), is_replay=True)) is UnknownOutcome


def test_a_fault_that_says_nothing_is_unknown_for_a_write() -> None:
    assert type(faults.of_fault({})) is UnknownOutcome
    assert type(faults.of_fault({"Error": ["?"]})) is UnknownOutcome


class _Reason(Exception):
    reason: Any


def _wrapped(name: str) -> http.ConnectionError:
    wrapped = _Reason()
    wrapped.reason = type(name, (Exception,), {})()
    return http.ConnectionError(wrapped)


def _tls(broken: ssl.SSLError) -> http.SSLError:
    return http.SSLError(MaxRetryError(HTTPConnectionPool("intuit"), "/", SSLError(broken)))


@pytest.mark.parametrize(
    ("error", "sent"),
    [
        (http.ConnectTimeout(), False),
        (_tls(ssl.SSLCertVerificationError("certificate verify failed")), False),
        (_tls(ssl.SSLError("DECRYPTION_FAILED_OR_BAD_RECORD_MAC")), True),
        (http.SSLError(), True),
        (http.ProxyError(), False),
        (_wrapped("NewConnectionError"), False),
        (_wrapped("NameResolutionError"), False),
        (_wrapped("ProtocolError"), True),
        (http.ReadTimeout(), True),
        (http.ConnectionError(ConnectionResetError(104, "reset")), True),
        (http.ChunkedEncodingError(), True),
        (http.ContentDecodingError(), True),
    ],
)
def test_only_what_surely_never_left_counts_as_not_sent(error: http.RequestException, sent: bool) -> None:
    assert type(faults.of_exception(error, write=True)) is (UnknownOutcome if sent else Retryable)
    assert type(faults.of_exception(error, write=False)) is Retryable
