"""Guessing passwords is limited by address, and behind a proxy by the visitor's own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from tests.factories import MembershipFactory, UserFactory

PASSWORD = "correct-horse-battery"


@pytest.fixture(autouse=True)
def _no_memory(settings: Any) -> Iterator[None]:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "limits"}}
    cache.clear()
    yield
    cache.clear()


def sign_in(email: str, password: str, forwarded: str) -> bool:
    form = {"login": email, "password": password}
    answer = Client().post("/accounts/login/", form, headers={"X-Forwarded-For": forwarded})
    return answer.status_code == 302


@pytest.mark.django_db
@pytest.mark.parametrize(("proxies", "enters"), [(1, True), (0, False)])
def test_a_guesser_locks_out_only_those_of_the_same_address(settings: Any, proxies: int, enters: bool) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    user = MembershipFactory.create(user=UserFactory.create(password=PASSWORD)).user
    for number in range(12):
        # Whatever a visitor claims stands before what the proxy adds.
        assert not sign_in(f"nobody{number}@example.com", "wrong", f"198.51.100.{number}, 203.0.113.9")
    assert not sign_in(user.email, PASSWORD, "203.0.113.9")
    assert sign_in(user.email, PASSWORD, "192.0.2.7") is enters


@pytest.mark.parametrize(("behind", "count"), [("1", "1"), ("0", "0")])
def test_the_setting_follows_the_proxy(behind: str, count: str) -> None:
    code = "from bigtime import settings; print(settings.ALLAUTH_TRUSTED_PROXY_COUNT)"
    environment = {**os.environ, "BIGTIME_BEHIND_PROXY": behind}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == count
