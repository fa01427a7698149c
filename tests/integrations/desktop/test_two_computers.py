"""A computer falls asleep with a message set in hand, another takes over, the first wakes up: each entry once.

The other one may be known by the same name: a copy of the agent's folder, a second Web Connector with one .qwc.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.test import Client

from integrations.models import Carrier, Operation
from integrations.quickbooks.desktop import continuity, poster, services, standing
from integrations.quickbooks.desktop.models import Agent, Session
from integrations.sync import outbox
from integrations.sync.clock import quiet
from tests.company_file import Cut, Soap, WebConnector

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
    passed = poster.HANDED * quiet() + timedelta(seconds=1)
    Carrier.objects.update(sent_at=F("sent_at") - passed)
    Operation.objects.update(not_before=F("not_before") - passed)


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


def test_while_it_waits_nobody_is_called(posting: Posting) -> None:
    first = posting.office.connector
    fall_asleep(first)
    posting.office.connector.remembers = False
    assert standing.of(posting.office.agent)["work_waiting"] == 1
    assert first.visit() == 100
    asked = first.rounds
    assert standing.of(posting.office.agent)["work_waiting"] == 0
    assert (first.visit(), first.rounds) == (0, asked)
    wait()
    assert standing.of(posting.office.agent)["work_waiting"] == 1


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


def copied(posting: Posting, last: str = "") -> WebConnector:
    """The same name and secret on another computer, and what that one can name of the sessions before."""
    first = posting.office.connector
    return WebConnector(first.file, first.username, first.password, last=last)


def long_ago(first: WebConnector) -> str:
    """The ticket a copy of the time before knows."""
    return first.last


def nothing(first: WebConnector) -> str:
    return ""


@pytest.mark.parametrize("named", [nothing, long_ago])
def test_a_copy_of_the_agent_is_another_computer(posting: Posting, named: Callable[[WebConnector], str]) -> None:
    first = posting.office.connector
    copy = copied(posting, named(first))
    held = fall_asleep(first)
    for _ in range(3):
        copy.visit()
        assert posting.states() == {"in_doubt": 2}
        assert set(Operation.objects.values_list("misses", flat=True)) == {0}
    wake_up(first, held)
    wait()
    assert copy.visit() == 100
    assert posting.states() == {"posted": 2}
    assert sorted(posting.markers().values()) == [1, 1]


def test_the_first_is_another_computer_for_its_copy(posting: Posting) -> None:
    """It named the last of its own sessions; since then there was one that it knows nothing of."""
    first, copy = posting.office.connector, copied(posting)
    held = fall_asleep(copy)
    first.visit()
    assert posting.states() == {"in_doubt": 2}
    wake_up(copy, held)
    wait()
    assert first.visit() == 100
    assert sorted(posting.markers().values()) == [1, 1]


def test_an_agent_that_lost_or_never_kept_its_last_session_waits(posting: Posting) -> None:
    first = posting.office.connector
    fall_asleep(first)
    first.remembers = False
    first.visit()
    assert posting.states() == {"in_doubt": 2}
    wait()
    assert first.visit() == 100
    assert sorted(posting.markers().values()) == [1, 1]


def test_a_ticket_that_never_arrived_breaks_no_line(posting: Posting) -> None:
    first = posting.office.connector
    fall_asleep(first)
    known = first.last
    first.sign_in()
    first.last = known
    assert first.visit() == 100
    assert posting.states() == {"posted": 2}
    assert sorted(posting.markers().values()) == [1, 1]


def test_the_same_computer_connected_anew_needs_no_waiting(posting: Posting) -> None:
    """Disable and Enable: another name and secret, and the last session is named from the same folder."""
    office, first = posting.office, posting.office.connector
    fall_asleep(first)
    services.disable(connection=office.connection)
    channel = services.enable(firm=office.firm, by=None)
    services.grant(channel=channel, by=None)
    anew = office.another("Front desk")
    anew.last = first.last
    assert anew.visit() == 100
    assert posting.states() == {"posted": 2}
    assert sorted(posting.markers().values()) == [1, 1]


class Elsewhere(Soap):
    """Tells another path, another QuickBooks, or calls from another address."""

    def __init__(self, was: str = "", now: str = "", address: str = "127.0.0.1") -> None:
        super().__init__()
        self._was, self._now = was, now
        self.client = Client(REMOTE_ADDR=address)

    def call(self, operation: str, last: str = "", **parameters: Any) -> list[str]:
        told = {name: f"{value}".replace(self._was, self._now) for name, value in parameters.items() if self._was}
        return super().call(operation, last, **{**parameters, **told})


@pytest.fixture
def web_connector(posting: Posting) -> WebConnector:
    Agent.objects.update(kind=Agent.Kind.WEB_CONNECTOR)
    posting.office.connector.remembers = False
    return posting.office.connector


def elsewhere(connector: WebConnector, sign: str) -> WebConnector:
    path = connector.file.path
    there = {
        "path": Elsewhere(path, path.replace("/", "\\\\", 1)),
        "product": Elsewhere("<MajorVersion>", "<MajorVersion>1"),
        "address": Elsewhere(address="198.51.100.7"),
    }
    soap = there[sign]
    return WebConnector(connector.file, connector.username, connector.password, soap, remembers=False)


@pytest.mark.parametrize("sign", ["path", "product", "address"])
def test_one_qwc_in_two_web_connectors_is_a_persons_question_where_a_sign_differs(
    posting: Posting, web_connector: WebConnector, sign: str
) -> None:
    held = fall_asleep(web_connector)
    other = elsewhere(web_connector, sign)
    other.visit()
    wait()
    other.visit()
    assert posting.states() == {"needs_person": 2}
    assert set(Operation.objects.values_list("error_code", flat=True)) == {"held"}
    wake_up(web_connector, held)
    outbox.retry(operations=list(Operation.objects.all()), by=None)
    assert other.visit() == 100
    assert posting.states() == {"posted": 2}
    assert sorted(posting.markers().values()) == [1, 1]


def test_where_all_signs_agree_it_is_taken_for_the_same_web_connector(
    posting: Posting, web_connector: WebConnector
) -> None:
    fall_asleep(web_connector)
    assert web_connector.visit() == 100
    assert posting.states() == {"posted": 2}
    assert sorted(posting.markers().values()) == [1, 1]


def test_two_computers_that_take_turns_are_told_of(posting: Posting) -> None:
    office, first, copy = posting.office, posting.office.connector, copied(posting)
    agent = Agent.objects.get()
    for each in (first, copy):
        posting.push(posting.entries(1, after=office.connector.rounds + 10))
        each.visit()
        assert continuity.twice(office.channel) == {}
    posting.push(posting.entries(1, after=60))
    first.visit()
    assert list(continuity.twice(office.channel)) == [agent.pk]
    Session.objects.update(created_at=F("created_at") - continuity.SHOWN)
    assert continuity.twice(office.channel) == {}


def test_a_crash_a_loss_and_connecting_anew_alarm_nobody(posting: Posting) -> None:
    office, first = posting.office, posting.office.connector
    fall_asleep(first)
    first.visit()
    posting.push(posting.entries(1, after=10))
    first.last = ""
    first.visit()
    posting.push(posting.entries(1, after=20))
    first.visit()
    anew = office.another("Front desk")
    anew.last = first.last
    posting.push(posting.entries(1, after=30))
    anew.visit()
    assert posting.states() == {"posted": 5}
    assert continuity.twice(office.channel) == {}


def test_two_web_connectors_that_take_turns_are_told_of(posting: Posting, web_connector: WebConnector) -> None:
    """Not one that calls from here and from there, as at home and in the office."""
    moved, other = elsewhere(web_connector, "address"), elsewhere(web_connector, "product")
    told = []
    for number, each in enumerate([web_connector, moved, web_connector, other, other, web_connector]):
        posting.push(posting.entries(1, after=10 + number))
        assert each.visit() == 100
        told.append(bool(continuity.twice(posting.office.channel)))
    assert told == [False, False, False, False, False, True]
