"""Fixtures for every test: people of each role, a simulator, a connection to one of its companies."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import connections, transaction
from django.test import Client, TransactionTestCase
from django.utils import timezone
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from bigtime.firm.models import Firm, Membership, Role
from integrations.models import Connection
from integrations.quickbooks.online.models import Token
from simulators.online.remote import Simulator
from tests.factories import FirmFactory, MembershipFactory, StaffFactory, UserFactory
from tests.simulator import running

# How long an example takes to be made, or tried, is the machine's affair.
hypothesis_settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("any machine")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Of the crash tests those that take long are begun first, so that no process is left alone with one at the end.

    Tests are handed out to processes in twos at least: between two long ones goes a short one.
    """
    crash = [each for each in items if each.get_closest_marker("crash")]
    long = [each for each in crash if each.get_closest_marker("slow") or each.get_closest_marker("soak")]
    chosen = set(long)
    short = [each for each in items if each not in chosen]
    pairs = [each for pair in zip(long, short, strict=False) for each in pair]
    items[:] = [*pairs, *short[len(long) :], *long[len(short) :]]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """`script/test` makes the tables once; each process's database is a copy, and migrates only what that lacks."""
    connections["default"].settings_dict["TEST"]["TEMPLATE"] = os.environ.get("BIGTIME_TEST_TEMPLATE")


@pytest.fixture(scope="session", autouse=True)
def _plain_static() -> None:
    """Tests render pages without collected, hashed static files, which no test client looks through before it asks."""
    django_settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    django_settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture(scope="session", autouse=True)
def _passwords_are_hashed_once() -> None:
    """Guessing is made dear by a million rounds, and with it every sign-in of a test. Other processes know the hash."""
    PBKDF2PasswordHasher.iterations = 1


# What migrating wrote, and no test changes, is kept. A table that was never written to has no size.
WRITTEN = """
    SELECT quote_ident(relname) FROM pg_class
    WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace AND pg_relation_size(oid) > 0
    AND relname NOT IN ('django_migrations', 'django_content_type', 'auth_permission')
"""


@pytest.fixture(scope="session", autouse=True)
def _rows_are_deleted() -> None:
    """After a test that commits Django truncates every table, and writes the names of all models and rights anew.

    Deleting from the tables that were written to takes a tenth of it; neither the order nor our triggers count then.
    """

    def emptied(_: TransactionTestCase) -> None:
        with transaction.atomic(), connections["default"].cursor() as cursor:
            cursor.execute(WRITTEN)
            delete = "".join(f"; DELETE FROM {table}" for (table,) in cursor.fetchall())
            cursor.execute(f"SET LOCAL session_replication_role = replica{delete}")

    TransactionTestCase._fixture_teardown = emptied  # type: ignore[method-assign]


@pytest.fixture
def firm(db: None) -> Firm:
    return FirmFactory.create(name="Northwind Consulting")


@pytest.fixture
def member(firm: Firm) -> Callable[..., Membership]:
    """`member("manager")` makes a user with that role in the firm, with a staff record of the same name."""

    def make(role: str = Role.STAFF, *, in_firm: Firm | None = None, **user: Any) -> Membership:
        place = in_firm or firm
        membership = MembershipFactory.create(firm=place, role=role, user=UserFactory.create(**user))
        StaffFactory.create(firm=place, user=membership.user, name=membership.user.name, email=membership.user.email)
        return membership

    return make


@pytest.fixture
def signed_in(member: Callable[..., Membership]) -> Callable[..., Client]:
    """`signed_in("manager")` gives a test client signed in with that role; `.membership` says who."""

    def make(role: str = Role.STAFF, **options: Any) -> Client:
        membership = member(role, **options)
        client = Client()
        client.force_login(membership.user, backend="bigtime.firm.backends.MemberBackend")
        client.membership = membership  # type: ignore[attr-defined]
        return client

    return make


@pytest.fixture(scope="session")
def simulator_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    """One simulator for each test process; tests use companies of their own, so they don't meet."""
    data: Path = tmp_path_factory.mktemp("simulator")
    with running(data, "--seed", "empty") as simulator:
        yield simulator


@pytest.fixture
def simulator(simulator_process: Simulator, settings: Any) -> Iterator[Simulator]:
    """The simulator as our side knows it. What a test changes of its behaviour is put back for the next one."""
    behaviour = simulator_process.call("GET", "/config")
    behaviour.pop("execution_limit", None)
    settings.INTUIT_SIMULATOR_URL = simulator_process.url
    settings.INTUIT_ENVIRONMENT = "simulator"
    settings.INTUIT_CLIENT_ID = "demo-client"
    settings.INTUIT_CLIENT_SECRET = "demo-secret"
    yield simulator_process
    simulator_process.config(**behaviour)


@pytest.fixture
def make_connection(simulator: Simulator, firm: Firm) -> Callable[..., Connection]:
    """`make_connection()` gives a connection with a valid grant on a new, empty company in the simulator."""

    def make(*, in_firm: Firm | None = None, realm: str = "", imported: bool = True, **values: Any) -> Connection:
        realm = realm or simulator.create_realm(values.pop("company_name", "Test Books"))
        connection = Connection.objects.create(
            firm=in_firm or firm,
            system="quickbooks_online",
            environment="simulator",
            company_id=realm,
            company_name=values.pop("company_name", "Test Books"),
            home_currency="USD",
            imported_at=timezone.now() if imported else None,
            **values,
        )
        grant(connection, simulator)
        return connection

    return make


def grant(connection: Connection, simulator: Simulator) -> Token:
    """Gives the connection tokens as an authorization would."""
    answer = simulator.grant(connection.company_id)
    now = timezone.now()
    token, _ = Token.objects.update_or_create(
        connection=connection,
        defaults={
            "access_token": answer["access_token"],
            "refresh_token": answer["refresh_token"],
            "access_expires_at": now + timedelta(seconds=int(answer.get("expires_in", 3600))),
            "refresh_expires_at": now + timedelta(days=100),
            "refreshed_at": now,
        },
    )
    return token
