from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache

from bigtime.firm.models import Firm
from integrations.quickbooks.desktop import poster
from simulators.desktop.remote import Desktop
from tests.company_file import APP, running

from .firm import DesktopFirm
from .scene import Scene
from .service import Service


@pytest.fixture(scope="session")
def desktop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desktop]:
    with running(tmp_path_factory.mktemp("desktop"), "--seed", "empty") as found:
        yield found


@pytest.fixture
def books_setting(settings: Any) -> None:
    settings.REDIS_URL = ""
    settings.ALLOWED_HOSTS = ["127.0.0.1", "testserver"]
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "crash"}}
    cache.clear()


@pytest.fixture(autouse=True)
def _computers_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """A computer that is taken over from is killed, or has done what it has in hand within one quiet period."""
    monkeypatch.setattr(poster, "HANDED", 1)


@pytest.fixture
def books(desktop: Desktop, firm: Firm, transactional_db: None, books_setting: None) -> DesktopFirm:
    """Synced once, nothing posted."""
    return DesktopFirm(firm, desktop.create("Harbor Design", APP))


@pytest.fixture
def scene(books: DesktopFirm) -> Iterator[Scene]:
    service = Service()
    try:
        yield Scene(books, service)
    finally:
        service.close()
