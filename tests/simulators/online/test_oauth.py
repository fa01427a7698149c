"""OAuth with the unmodified intuit-oauth package, and the pages a person walks through."""

from __future__ import annotations

import html
import re
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from intuitlib.client import AuthClient
from intuitlib.enums import Scopes
from intuitlib.exceptions import AuthClientError

from simulators.online.remote import Simulator
from tests.simulators.online.caller import Caller

CALLBACK = "http://127.0.0.1:8000/callback?x=1"
SCOPES = [Scopes.ACCOUNTING, Scopes.OPENID]


def auth_client(simulator: Simulator, secret: str = "demo-secret") -> AuthClient:
    discovery = f"{simulator.url}/.well-known/openid_sandbox_configuration/"
    return AuthClient("demo-client", secret, CALLBACK, environment=discovery)


class Walk:
    """A browser's steps through the consent pages."""

    def __init__(self, simulator: Simulator, address: str) -> None:
        self.simulator, self.session = simulator, requests.Session()
        self.page = self.session.get(address, allow_redirects=False, timeout=10)

    def fields(self) -> dict[str, str]:
        found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', self.page.text)
        return {name: html.unescape(value) for name, value in found}

    def post(self, path: str, **values: str) -> Walk:
        data = {**self.fields(), **values}
        self.page = self.session.post(f"{self.simulator.url}{path}", data=data, allow_redirects=False, timeout=10)
        if self.page.status_code == 303:
            self.page = self.session.get(f"{self.simulator.url}{self.page.headers['Location']}", timeout=10)
        return self

    def sign_in(self, email: str = "bookkeeper@example.com") -> Walk:
        return self.post("/connect/sign-in", email=email, password="anything")

    def choose(self, realm: str) -> Walk:
        parameters = {**self.fields(), "realm": realm}
        self.page = self.session.get(f"{self.simulator.url}/connect/oauth2", params=parameters, timeout=10)
        return self

    def decide(self, answer: str) -> dict[str, str]:
        """The parameters that reach the application's callback."""
        return self.post("/connect/decide", answer=answer).callback()

    def callback(self) -> dict[str, str]:
        assert self.page.status_code == 302, self.page.text
        assert self.page.headers["Location"].startswith(CALLBACK)
        return {name: values[0] for name, values in parse_qs(urlsplit(self.page.headers["Location"]).query).items()}


def start(api: Caller) -> Walk:
    return Walk(api.simulator, auth_client(api.simulator).get_authorization_url(SCOPES, state_token="s t&"))


def authorized(api: Caller) -> AuthClient:
    back = start(api).sign_in().choose(api.realm).decide("authorize")
    client = auth_client(api.simulator)
    client.get_bearer_token(back["code"], realm_id=back["realmId"])
    return client


def works(api: Caller, token: str) -> bool:
    headers = {"Authorization": f"Bearer {token}"}
    return requests.get(f"{api.base}/companyinfo/1", headers=headers, timeout=10).status_code == 200


def test_the_whole_walk(api: Caller) -> None:
    walk = start(api)
    assert "Sign in" in walk.page.text
    assert "Test Books" in walk.sign_in().page.text
    assert "Authorize BigTime to access Test Books?" in walk.choose(api.realm).page.text
    back = walk.decide("authorize")
    assert (back["state"], back["realmId"], back["x"]) == ("s t&", api.realm, "1")
    client = auth_client(api.simulator)
    client.get_bearer_token(back["code"], realm_id=back["realmId"])
    assert (client.expires_in, client.x_refresh_token_expires_in) == (3600, 8_726_400)
    assert client.id_token  # set only when its signature, issuer and audience are right
    assert len(client.access_token) > 800
    assert client.get_user_info().json()["email"] == "bookkeeper@example.com"
    assert works(api, client.access_token)


def test_no_thanks(api: Caller) -> None:
    assert start(api).sign_in().choose(api.realm).decide("deny") == {
        "error": "access_denied", "state": "s t&", "x": "1"
    }  # fmt: skip


def test_a_standard_user_cannot_connect(api: Caller) -> None:
    walk = start(api).sign_in("assistant@example.com").choose(api.realm)
    assert "Only an administrator" in walk.page.text
    assert "Only an administrator" in walk.post("/connect/decide", answer="authorize").page.text
    assert api.simulator.call("POST", f"/{api.realm}/revoke") == {"revoked": 1}  # only the caller's own grant


@pytest.mark.parametrize(
    ("change", "words"),
    [({"client_id": "other"}, "registered"), ({"redirect_uri": "https://evil.example/"}, "redirect_uri")],
)
def test_nobody_is_sent_to_an_unknown_place(api: Caller, change: dict[str, str], words: str) -> None:
    asked = {"client_id": "demo-client", "response_type": "code", "scope": "openid", "redirect_uri": CALLBACK}
    address = requests.Request("GET", f"{api.simulator.url}/connect/oauth2", params={**asked, **change}).prepare().url
    page = Walk(api.simulator, str(address)).page
    assert page.status_code == 400
    assert words in page.text


def test_an_unknown_scope_goes_back_as_an_error(api: Caller) -> None:
    url = auth_client(api.simulator).get_authorization_url([Scopes.PAYROLL], state_token="s")
    assert Walk(api.simulator, url).callback()["error"] == "invalid_scope"


def test_forms_of_other_sites_are_refused(api: Caller) -> None:
    walk = start(api).sign_in().choose(api.realm)
    walk.session.headers["Origin"] = "https://evil.example"
    assert "another site" in walk.post("/connect/decide", answer="authorize").page.text


def test_a_code_works_once_and_its_reuse_revokes(api: Caller) -> None:
    back = start(api).sign_in().choose(api.realm).decide("authorize")
    client = auth_client(api.simulator)
    client.get_bearer_token(back["code"])
    with pytest.raises(AuthClientError) as caught:
        auth_client(api.simulator).get_bearer_token(back["code"])
    assert caught.value.status_code == 400
    assert b"invalid_grant" in caught.value.content
    assert caught.value.intuit_tid
    assert not works(api, client.access_token)


def test_a_code_needs_its_own_redirect_address(api: Caller) -> None:
    back = start(api).sign_in().choose(api.realm).decide("authorize")
    client = auth_client(api.simulator)
    client.redirect_uri = "http://127.0.0.1:8000/other"
    with pytest.raises(AuthClientError, match="400"):
        client.get_bearer_token(back["code"])


def test_a_wrong_secret_is_invalid_client(api: Caller) -> None:
    with pytest.raises(AuthClientError) as caught:
        auth_client(api.simulator, "wrong").refresh(refresh_token="x")
    assert (caught.value.status_code, caught.value.content) == (401, b'{"error":"invalid_client"}')


def test_daily_rotation_keeps_the_refresh_token_within_the_day(api: Caller) -> None:
    client = authorized(api)
    before, access = client.refresh_token, client.access_token
    client.refresh()
    assert client.refresh_token == before
    assert client.access_token != access
    assert works(api, access)


def test_rotation_leaves_the_previous_value_good_for_a_grace(api: Caller, configure: Callable[..., Any]) -> None:
    configure(rotation="always", rotation_grace=0.5)
    client = authorized(api)
    first = client.refresh_token
    client.refresh()
    second = client.refresh_token
    assert second != first
    client.refresh(refresh_token=first)
    assert client.refresh_token == second
    time.sleep(0.6)
    with pytest.raises(AuthClientError, match="400"):
        client.refresh(refresh_token=first)
    client.refresh(refresh_token=second)


def test_an_idle_grant_and_an_old_grant_end(api: Caller, configure: Callable[..., Any]) -> None:
    client = authorized(api)
    configure(refresh_idle_seconds=0)
    with pytest.raises(AuthClientError, match="400"):
        client.refresh()
    configure(refresh_idle_seconds=1000, refresh_hard_seconds=0)
    with pytest.raises(AuthClientError, match="400"):
        client.refresh()


def test_the_hard_end_is_told_when_asked_for(api: Caller) -> None:
    client = authorized(api)
    answer = requests.post(
        client.token_endpoint,
        data={"grant_type": "refresh_token", "refresh_token": client.refresh_token},
        auth=("demo-client", "demo-secret"),
        headers={"x-include-refresh-token-hard-expires-in": "true"},
        timeout=10,
    )
    assert 5 * 365 * 86_400 - 60 < answer.json()["x_refresh_token_hard_expires_in"] <= 5 * 365 * 86_400


def test_revoking_ends_both_tokens(api: Caller) -> None:
    client = authorized(api)
    assert client.revoke(token=client.refresh_token)
    assert not works(api, client.access_token)
    with pytest.raises(AuthClientError, match="400"):
        client.refresh()
    with pytest.raises(AuthClientError, match="400"):
        client.revoke(token=client.refresh_token)


def test_access_tokens_expire_and_refreshing_helps(api: Caller) -> None:
    client = authorized(api)
    api.simulator.call("POST", f"/{api.realm}/expire")
    headers = {"Authorization": f"Bearer {client.access_token}"}
    answer = requests.get(f"{api.base}/companyinfo/1", headers=headers, timeout=10)
    error = answer.json()["fault"]["error"][0]
    assert (answer.status_code, error["code"], error["detail"][:13]) == (401, "3200", "Token expired")
    client.refresh()
    assert works(api, client.access_token)


def test_a_token_is_good_for_its_own_company_only(api: Caller) -> None:
    other = api.simulator.create_realm("Other Books")
    answer = api.session.get(f"{api.simulator.url}/v3/company/{other}/companyinfo/1", timeout=10)
    assert (answer.status_code, answer.json()["fault"]["error"][0]["code"]) == (403, "3100")


def test_no_token_and_a_broken_token(api: Caller) -> None:
    for headers in ({}, {"Authorization": "Bearer x"}, {"Authorization": "Basic eA=="}):
        answer = requests.get(f"{api.base}/companyinfo/1", headers=headers, timeout=10)
        assert (answer.status_code, answer.json()["fault"]["type"]) == (401, "AUTHENTICATION")


def test_a_refresh_can_be_cut_after_it_rotated(api: Caller, configure: Callable[..., Any]) -> None:
    configure(rotation="always")
    client = authorized(api)
    api.simulator.faults(api.realm, [{"kind": "reset_after", "match": {"operation": "token"}}])
    with pytest.raises(requests.ConnectionError):
        client.refresh()
    client.refresh()  # the previous value still works within its grace
    assert works(api, client.access_token)
