from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from tests.factories import FirmFactory

from .addresses import ROLES
from .people import People, signed_in


@pytest.fixture(scope="module")
def people(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[People]:
    """Made once, in a transaction around those of the tests: what a test changes is undone before the next one."""
    with django_db_blocker.unblock(), transaction.atomic():
        firm = FirmFactory.create()
        yield People(firm, {role: signed_in(firm, role) for role in ROLES})
        transaction.set_rollback(True)
