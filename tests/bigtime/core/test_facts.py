"""What a page tells in figures comes from one statement, whoever registered them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from bigtime.core import facts
from bigtime.core.facts import Fact
from bigtime.core.prepared import Prepared
from bigtime.firm.models import Firm
from bigtime.staff.models import Staff
from tests.factories import StaffFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch, firm: Firm) -> Any:
    """A request, and three people of forty hours each to tell something of."""
    StaffFactory.create_batch(3, firm=firm, week_minutes=2400)
    monkeypatch.setattr(facts, "_facts", {})
    compiled = Prepared(lambda firm: facts.counted(Staff.objects.filter(firm=firm)), firm=int)
    facts.register(
        Fact("people", lambda request: facts.counted(Staff.objects.for_firm(firm))),
        Fact("compiled", lambda request: compiled.statement(firm=firm.pk)),
        Fact("nobody", lambda request: facts.counted(Staff.objects.none())),
        Fact("not for you", lambda request: None),
        Fact("minutes", lambda request: facts.summed(Staff.objects.for_firm(firm), "week_minutes"), "page"),
        Fact("elsewhere", lambda request: facts.counted(Staff.objects.for_firm(firm)), "another page"),
    )
    return SimpleNamespace()


def test_one_statement_tells_all_that_a_page_wants(known: Any) -> None:
    with CaptureQueriesContext(database) as seen:
        facts.gather(known, "page")
        told = {key: facts.of(known, key) for key in ("people", "compiled", "nobody", "not for you", "minutes")}
    assert told == {"people": 3, "compiled": 3, "nobody": None, "not for you": None, "minutes": 7200}
    assert len(seen) == 1


def test_who_asks_without_gathering_is_answered_too(known: Any) -> None:
    with CaptureQueriesContext(database) as seen:
        assert facts.of(known, "people") == 3
        assert facts.of(known, "minutes") == 7200
        assert facts.of(known, "people") == 3
    assert len(seen) == 2
