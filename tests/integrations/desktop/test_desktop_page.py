"""The one page for QuickBooks Desktop: what keeps a computer out in words, its checks, the steps, and constant SQL."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from integrations.quickbooks.desktop import hresults, services, setup, standing
from integrations.quickbooks.desktop.models import Agent, Channel, Session
from tests.company_file import WebConnector
from tests.factories import UserFactory
from tests.hresults import NUMBERS

from .conftest import Office

PAGE = "/company/integrations/quickbooks-desktop/"


@pytest.fixture
def administrator(office: Office, signed_in: Callable[..., Client]) -> Client:
    return signed_in("administrator")


def test_every_number_is_shown_in_words_with_what_to_do(office: Office, administrator: Client) -> None:
    shown = set()
    for number in NUMBERS:
        standing.seen(office.agent, {"problem": {"hresult": number, "message": "QuickBooks' own words"}})
        page = administrator.get(PAGE).content.decode()
        known = hresults.TABLE[number.lower()]
        assert escape(known.text) in page, number
        assert escape(known.todo) in page, number
        assert "Failed to open connection" in page
        assert number not in page
        shown.add(known.text)
    assert len(shown) == len(NUMBERS)


def test_a_number_nobody_knows_keeps_quickbooks_words(office: Office, administrator: Client) -> None:
    standing.seen(office.agent, {"problem": {"hresult": "0x8004FFFF", "message": "Odd & new"}})
    assert "0x8004FFFF): Odd &amp; new" in administrator.get(PAGE).content.decode()


def test_what_the_computer_found_wrong_is_shown_with_what_mends_it(office: Office, administrator: Client) -> None:
    good = {"name": "QuickBooks running", "outcome": "good", "words": "QuickBooks is running.", "mend": ""}
    bad = {"name": "No dialog open", "outcome": "bad", "words": "A dialog waits.", "mend": "Close it in QuickBooks."}
    standing.checked(office.agent, [good, bad])
    page = administrator.get(PAGE).content.decode()
    assert "1 of 2 checks to mend" in page
    assert "<b>No dialog open:</b> A dialog waits. Close it in QuickBooks." in page
    standing.checked(office.agent, [good])
    assert "checked, nothing to mend" in administrator.get(PAGE).content.decode()


@pytest.mark.parametrize(("kind", "what_to_do"), [("sync_agent", "Reset connection"), ("web_connector", "One .qwc")])
def test_two_computers_under_one_name_are_told_of(
    office: Office, administrator: Client, kind: str, what_to_do: str
) -> None:
    Agent.objects.update(kind=kind)
    told = {"seen_at": timezone.now(), "closed_at": timezone.now()}
    Session.objects.create(agent=office.agent, ticket_sha256="a", state={"line": "1", "twice": False}, **told)
    assert "seems to run on two computers" not in administrator.get(PAGE).content.decode()
    Session.objects.create(agent=office.agent, ticket_sha256="b", state={"line": "2", "twice": True}, **told)
    page = administrator.get(PAGE).content.decode()
    assert "<b>Front desk seems to run on two computers,</b>" in page
    assert what_to_do in page


def test_it_counts_as_connected_once_a_company_file_was_seen(office: Office, administrator: Client) -> None:
    assert "Waiting for the Sync Agent" in administrator.get(PAGE).content.decode()
    Channel.objects.update(company_file="C:\\Harbor.qbw")
    page = administrator.get(PAGE).content.decode()
    assert "Waiting for the Sync Agent" not in page
    assert "Connected" in page


def test_so_it_does_among_the_integrations(office: Office, administrator: Client) -> None:
    page = administrator.get(reverse("integrations:list")).content.decode()
    assert "Waiting" in page
    assert ">Connected<" not in page
    office.sync()
    assert ">Connected<" in administrator.get(reverse("integrations:list")).content.decode()


def done(channel: Channel) -> list[str]:
    return [step.key for step in setup.of(channel) if step.done]


def test_each_step_is_ticked_when_it_happens(office: Office) -> None:
    channel = office.channel
    services.disable(connection=channel.connection)
    by = UserFactory.create()
    channel = services.enable(firm=office.firm, by=by)
    assert done(channel) == ["enable"]
    services.grant(channel=channel, by=by)
    assert done(channel) == ["enable", "grant"]
    connector, _ = services.register(channel=channel, by=by, computer="Web Connector", kind=Agent.Kind.WEB_CONNECTOR)
    assert done(channel) == ["enable", "grant", "download"]
    services.revoke(agent=connector)
    agent, _ = services.register(channel=channel, by=by, computer="Front desk")
    assert done(channel) == ["enable", "grant", "download", "sign_in"]
    standing.seen(agent, {"company_file": "C:\\Books\\Firm.qbw"})
    standing.found(agent, {})
    channel.refresh_from_db()
    assert done(channel) == ["enable", "grant", "download", "sign_in", "connect"]


def test_after_disable_and_enable_the_steps_begin_anew(office: Office) -> None:
    office.sync()
    assert setup.is_done(setup.of(office.channel))
    services.disable(connection=office.connection)
    by = UserFactory.create()
    channel = services.enable(firm=office.firm, by=by)
    services.grant(channel=channel, by=by)
    assert done(channel) == ["enable", "grant"]
    agent, secret = services.register(channel=channel, by=by, computer="Front desk")
    assert done(channel) == ["enable", "grant", "download", "sign_in"]
    standing.seen(agent, {"company_file": office.file.path})
    assert done(channel) == ["enable", "grant", "download", "sign_in", "connect"]
    office.connector = WebConnector(office.file, agent.username, secret)
    office.sync()
    assert setup.is_done(setup.of(channel))


def test_the_page_takes_the_same_statements_for_one_computer_and_for_six(office: Office, administrator: Client) -> None:
    administrator.get(PAGE)
    with CaptureQueriesContext(database) as one:
        administrator.get(PAGE)
    for number in range(5):
        services.register(channel=office.channel, by=UserFactory.create(), computer=f"Desk {number}")
    with CaptureQueriesContext(database) as six:
        assert administrator.get(PAGE).content.decode().count("Standby") == 5
    assert len(six) == len(one)
