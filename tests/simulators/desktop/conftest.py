"""A company file of its own for each test, and a host with a session in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count

import pytest

from tests.simulators.desktop.caller import DesktopSimulator, Host, running_desktop

_numbers = count(1)


@pytest.fixture(scope="session")
def desktop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DesktopSimulator]:
    """One simulator for each test process; tests use files of their own, so they don't meet."""
    with running_desktop(tmp_path_factory.mktemp("desktop"), "--seed", "none") as simulator:
        yield simulator


@pytest.fixture
def file(desktop: DesktopSimulator) -> str:
    """A company with accounts and two services, whose access dialog answers itself."""
    name = desktop.create(f"Test Books {next(_numbers)}")
    desktop.conditions(name, access_answer="always")
    return name


@pytest.fixture
def make_host(desktop: DesktopSimulator, file: str) -> Callable[..., Host]:
    return lambda app="BigTime": Host(desktop.url, file, app)


@pytest.fixture
def host(make_host: Callable[..., Host]) -> Host:
    """In a session."""
    made = make_host()
    made.begin()
    return made
