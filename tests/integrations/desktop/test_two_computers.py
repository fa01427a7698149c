"""A computer falls asleep with a message set in hand, another takes over, the first wakes up: each entry once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import F

from integrations.models import Carrier, Operation
from integrations.quickbooks.desktop import poster, services
from integrations.quickbooks.desktop.models import Agent
from integrations.sync import outbox
from integrations.sync.clock import quiet
from tests.company_file import Cut, WebConnector

from .conftest import Office
from .test_posting import Posting


@pytest.fixture
def posting(office: Office) -> Posting:
    posting = Posting(office)
    posting.push(posting.entries(2))
    return posting


def fall_asleep(connector: WebConnector) -> str:
    """With the first message set of adds in hand, which QuickBooks hasn't seen."""
    process, held = connector._process, []

    def sleep(session: str, message: str) -> tuple[str, str, str]:
        if "TimeTrackingAddRq" in message:
            held.append(message)
            raise Cut
        return process(session, message)

    connector._process = sleep  # type: ignore[method-assign]
    with pytest.raises(Cut):
        connector.visit()
    connector._process = process  # type: ignore[method-assign]
    return held[0]


def wake_up(connector: WebConnector, message: str) -> None:
    """And carry it out, whoever else is at work by now."""
    session = connector._open("")
    connector._process(session, message)
    connector._close(session)


def taken_over(posting: Posting) -> WebConnector:
    other = posting.office.another("Back office")
    services.take_over(agent=Agent.objects.get(username=other.username))
    return other


def wait() -> None:
    """Until the other computer can't begin or go on with what it has."""
    Carrier.objects.update(sent_at=F("sent_at") - poster.HANDED * quiet() - timedelta(seconds=1))


def test_nothing_is_sent_while_the_other_computer_may_still_carry_it_out(posting: Posting) -> None:
    first = posting.office.connector
    held = fall_asleep(first)
    other = taken_over(posting)
    for _ in range(3):
        other.visit()
        assert posting.states() == {"in_doubt": 2}
        assert set(Operation.objects.values_list("misses", flat=True)) == {0}
    wake_up(first, held)
    wait()
    assert other.visit() == 100
    assert posting.states() == {"posted": 2}
    assert sorted(posting.markers().values()) == [1, 1]


def test_what_never_came_is_sent_after_that_time(posting: Posting) -> None:
    fall_asleep(posting.office.connector)
    other = taken_over(posting)
    other.visit()
    wait()
    assert other.visit() == 100
    assert posting.states() == {"posted": 2}
    assert sorted(posting.markers().values()) == [1, 1]


def test_the_same_computer_needs_no_waiting(posting: Posting) -> None:
    fall_asleep(posting.office.connector)
    assert posting.office.connector.visit() == 100
    assert posting.states() == {"posted": 2}
    assert sorted(posting.markers().values()) == [1, 1]


def test_what_intuits_web_connector_has_in_hand_is_a_persons_question(posting: Posting) -> None:
    """It keeps to no time: it may carry out an hour later what it was handed."""
    Agent.objects.update(kind=Agent.Kind.WEB_CONNECTOR)
    fall_asleep(posting.office.connector)
    other = taken_over(posting)
    other.visit()
    wait()
    other.visit()
    assert posting.states() == {"needs_person": 2}
    operation = Operation.objects.first()
    assert operation is not None
    assert operation.error_code == "held"
    assert operation.error_text.startswith("This was handed to the Web Connector on Front desk, which never said")

    outbox.retry(operations=list(Operation.objects.all()), by=None)
    assert other.visit() == 100
    assert posting.states() == {"posted": 2}
    assert sorted(posting.markers().values()) == [1, 1]


def test_what_the_web_connector_did_after_all_is_found(posting: Posting) -> None:
    Agent.objects.update(kind=Agent.Kind.WEB_CONNECTOR)
    first = posting.office.connector
    held = fall_asleep(first)
    other = taken_over(posting)
    other.visit()
    wait()
    other.visit()
    assert posting.states() == {"needs_person": 2}
    wake_up(first, held)
    outbox.retry(operations=list(Operation.objects.all()), by=None)
    assert other.visit() == 100
    assert posting.states() == {"posted": 2}
    assert sorted(posting.markers().values()) == [1, 1]
