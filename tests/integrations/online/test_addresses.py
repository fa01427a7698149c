"""Production and sandbox use Intuit's own addresses over TLS, as the SDKs know them; only the simulator's are ours."""

from __future__ import annotations

import os
from typing import Any

import pytest
import requests
import responses

from integrations.quickbooks.online import addresses, company, oauth
from integrations.quickbooks.online.intuit_app import Credentials
from integrations.sync.errors import Disconnected, Retryable

DISCOVERED = {
    "issuer": "https://oauth.platform.intuit.com/op/v1",
    "authorization_endpoint": "https://appcenter.intuit.com/connect/oauth2",
    "token_endpoint": "https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer",
    "userinfo_endpoint": "https://accounts.platform.intuit.com/v1/openid_connect/userinfo",
    "revocation_endpoint": "https://developer.api.intuit.com/v2/oauth2/tokens/revoke",
    "jwks_uri": "https://oauth.platform.intuit.com/op/v1/jwks",
}
DISCOVERY = {
    "production": "https://developer.intuit.com/.well-known/openid_configuration/",
    "sandbox": "https://developer.intuit.com/.well-known/openid_sandbox_configuration/",
}
API = {"production": "https://quickbooks.api.intuit.com/v3", "sandbox": "https://sandbox-quickbooks.api.intuit.com/v3"}
ANSWER = {"access_token": "a", "refresh_token": "r", "expires_in": 3600, "x_refresh_token_expires_in": 8726400}


@pytest.fixture(autouse=True)
def _no_discovery_kept() -> None:
    oauth._discovered.clear()


def credentials(environment: str) -> Credentials:
    return Credentials(environment, "an-id", "a-secret", own=False)


@responses.activate
@pytest.mark.parametrize("environment", ["production", "sandbox"])
def test_intuit_s_own_addresses(environment: str) -> None:
    responses.get(DISCOVERY[environment], json=DISCOVERED)
    token = responses.post(DISCOVERED["token_endpoint"], json=ANSWER)
    assert addresses.api_base(environment) == API[environment]
    address = oauth.authorization_url(credentials(environment), "a-state")
    assert address.startswith(
        "https://appcenter.intuit.com/connect/oauth2?client_id=an-id&response_type=code&scope=com"
    )
    oauth.refresh(credentials(environment), "r")
    oauth.refresh(credentials(environment), "r")
    asked = token.calls[0].request
    assert asked.headers["x-include-refresh-token-hard-expires-in"] == "true"
    assert asked.headers["Authorization"] == "Basic YW4taWQ6YS1zZWNyZXQ="
    assert asked.req_kwargs["timeout"] == (5, 30)
    assert asked.req_kwargs["verify"] is not False
    # One discovery serves the process.
    assert [call.request.url for call in responses.calls].count(DISCOVERY[environment]) == 1


def test_plain_http_is_permitted_for_the_simulator_only(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OAUTHLIB_INSECURE_TRANSPORT", raising=False)
    for environment in ("production", "sandbox"):
        addresses.api_base(environment)
    settings.INTUIT_SIMULATOR_URL = "https://simulator.example"
    addresses.api_base("simulator")
    assert "OAUTHLIB_INSECURE_TRANSPORT" not in os.environ
    settings.INTUIT_SIMULATOR_URL = "http://127.0.0.1:8001"
    assert addresses.api_base("simulator") == "http://127.0.0.1:8001/v3"
    assert os.environ["OAUTHLIB_INSECURE_TRANSPORT"] == "1"
    monkeypatch.delenv("OAUTHLIB_INSECURE_TRANSPORT")


@pytest.mark.parametrize("read", [addresses.api_base, addresses.discovery])
def test_an_environment_that_does_not_exist(read: Any) -> None:
    with pytest.raises(ValueError, match="There is no Intuit environment called 'moon'"):
        read("moon")


@responses.activate
@pytest.mark.parametrize(
    ("answer", "error", "code"),
    [
        ({"status": 400, "json": {"error": "invalid_grant"}}, Disconnected, "invalid_grant"),
        ({"status": 401, "json": {"error": "invalid_client"}}, Disconnected, "invalid_client"),
        ({"status": 401, "body": "<html>"}, Disconnected, "invalid_client"),
        ({"status": 400, "json": {"error": "unauthorized_client"}}, Disconnected, "unauthorized_client"),
        ({"status": 429, "body": ""}, Retryable, "429"),
        ({"status": 500, "body": "<html>oops"}, Retryable, "500"),
        ({"status": 400, "json": ["not", "an", "object"]}, Retryable, "400"),
        ({"status": 200, "body": "<html>fine"}, Retryable, "JSONDecodeError"),
        ({"status": 200, "json": {"access_token": "a"}}, Retryable, "ValueError"),
        ({"status": 200, "json": ANSWER | {"expires_in": "soon"}}, Retryable, "ValueError"),
        ({"body": requests.ConnectionError("gone")}, Retryable, "ConnectionError"),
        ({"body": requests.ReadTimeout("slow")}, Retryable, "ReadTimeout"),
    ],
)
def test_every_answer_is_classified(answer: dict[str, Any], error: type[Exception], code: str) -> None:
    responses.get(DISCOVERY["production"], json=DISCOVERED)
    responses.post(DISCOVERED["token_endpoint"], **answer)
    with pytest.raises(error) as raised:
        oauth.refresh(credentials("production"), "r")
    assert raised.value.code == code  # type: ignore[attr-defined]
    assert raised.value.__cause__ is None


@responses.activate
def test_a_discovery_document_that_lacks_something() -> None:
    responses.get(DISCOVERY["sandbox"], json={"issuer": "x"})
    with pytest.raises(Retryable):
        oauth.authorization_url(credentials("sandbox"), "a-state")


def test_what_the_books_say_of_themselves() -> None:
    info = {"CompanyName": "Blue Heron", "LegalName": "Blue Heron LLC", "Country": "US", "NameValue": []}
    preferences = {
        "AccountingInfoPrefs": {"BookCloseDate": "2026-03-31", "ClassTrackingPerTxnLine": True},
        "CurrencyPrefs": {"HomeCurrency": {"value": "USD"}, "MultiCurrencyEnabled": False},
        "TimeTrackingPrefs": {"UseServices": True},
        "VendorAndPurchasesPrefs": {"BillableExpenseTracking": False},
        "OtherPrefs": {"NameValue": [{"Name": "TimeTrackingFeatureEnabled", "Value": "false"}]},
    }
    found = company.describe("123", info, preferences)
    assert (found.name, found.currency, str(found.closed_through)) == ("Blue Heron", "USD", "2026-03-31")
    features = {name: found.features[name] for name in ("classes", "time_tracking", "billable_expenses")}
    assert features == {"classes": True, "time_tracking": False, "billable_expenses": False}
    assert company.Company.from_json(found.as_json()) == found


def test_what_the_books_don_t_say_isn_t_guessed() -> None:
    found = company.describe("123", {}, {})
    assert (found.name, found.currency, found.closed_through) == ("123", "", None)
    assert {found.features[name] for name in ("classes", "time_tracking", "billable_expenses")} == {None}
