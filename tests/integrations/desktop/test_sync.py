"""Lists come out of a company file: first previewed, then in step, whatever cuts the conversation."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client as Browser
from django.urls import reverse

from bigtime.clients.models import Client, Project
from bigtime.staff.models import Staff
from integrations import registry
from integrations.models import Connection, Link, Operation, RemoteRecord, SyncIssue, SyncRun
from integrations.quickbooks.desktop import reading, services
from integrations.quickbooks.desktop.models import Agent
from integrations.quickbooks.desktop.system import SYSTEM
from integrations.sync import pumping, runs
from simulators.desktop.remote import Desktop
from tests.company_file import APP, WebConnector

from .conftest import Office


def test_a_first_sync_is_previewed_and_imported(office: Office) -> None:
    acme = office.file.add("Customer", Name="Acme & Söhne")
    office.file.add("Customer", Name="Website", ParentRef={"ListID": acme})
    office.file.add("Employee", FirstName="Maya", LastName="Okafor")
    runs.start(connection=office.connection)
    assert office.connector.visit() == 100, office.connector.last_error
    run = office.work()
    assert (run.state, run.error) == (SyncRun.State.PREVIEW, "")
    assert not Client.objects.exists()
    assert not Staff.objects.exists()
    runs.import_preview(run=run)
    run = office.work()
    assert (run.state, run.error) == (SyncRun.State.DONE, "")
    assert [client.name for client in Client.objects.all()] == ["Acme & Söhne"]
    assert [(each.name, each.client.name) for each in Project.objects.all()] == [("Website", "Acme & Söhne")]
    assert [each.name for each in Staff.objects.all()] == ["Maya Okafor"]
    assert office.connection.company_name == "Harbor Design"
    assert RemoteRecord.objects.filter(entity="customer").count() == 2


def customers(office: Office) -> dict[str, RemoteRecord]:
    return {row.name: row for row in RemoteRecord.objects.filter(entity="customer", connection=office.connection)}


def test_changes_follow_renamed_inactive_and_deleted(office: Office) -> None:
    acme = office.file.add("Customer", Name="Acme")
    site = office.file.add("Customer", Name="Site", ParentRef={"ListID": acme})
    gone = office.file.add("Customer", Name="Mistake")
    office.sync()
    office.file.add("Customer", ListID=acme, Name="Acme Ltd")
    office.file.add("Customer", ListID=site, Name="Site", IsActive=False)
    office.file.delete("Customer", ListID=gone)
    office.file.add("Customer", Name="Newcomer")
    before = office.connector.rounds
    run = office.sync()
    assert office.connector.rounds - before == 1
    assert {client.name for client in Client.objects.all()} == {"Acme Ltd", "Mistake", "Newcomer"}
    found = customers(office)
    assert found["Site"].is_active is False
    assert found["Mistake"].deleted_at is not None
    assert run.changes.get(action="updated", entity="customer").fields == {"name": ["Acme", "Acme Ltd"]}


def test_nothing_new_writes_nothing(office: Office) -> None:
    office.file.add("Customer", Name="Acme")
    office.sync()
    before = {row.pk: row.received_at for row in RemoteRecord.objects.all()}
    run = office.sync()
    assert {row.pk: row.received_at for row in RemoteRecord.objects.all()} == before
    assert not run.changes.exists()


def test_a_long_list_cut_at_any_place_is_finished_whole(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """An iterator dies with its session; what follows begins at the old cursor and loses nothing."""
    # Long is what comes in five pages: how long a page is makes no difference to where it is cut.
    monkeypatch.setattr(reading, "PAGE", 50)
    office.file.fill(customers=75, jobs=150)
    runs.start(connection=office.connection)
    for cut in (1, 2, 3, 1, 4):
        assert 0 <= office.connector.visit(cut_after=cut) < 100
    for lost in (0, 1, 2, 3):
        assert office.connector.visit(lose=lost) < 100
    assert office.connector.visit() == 100
    run = office.work()
    assert (run.state, run.error) == (SyncRun.State.PREVIEW, "")
    there = {row["ListID"] for row in office.file.dump("Customer")}
    here = set(RemoteRecord.objects.filter(entity="customer").values_list("remote_id", flat=True))
    assert here == there
    assert len(here) == 225
    step = run.steps.get(entity="customer")
    assert (step.pulled, step.total, step.pulled_done) == (225, 225, True)


def test_a_request_quickbooks_cannot_read_spoils_only_itself(office: Office) -> None:
    """As an older QuickBooks would: the set is refused, the lists are then asked one by one."""
    office.file.add("Customer", Name="Acme")
    broken = office.connector._process

    def refuse(session: str, text: str) -> tuple[str, str, str]:
        if "PayrollItemWageQuery" in text:
            return "", "0x80040400", "QuickBooks found an error when parsing the provided XML text stream."
        return broken(session, text)

    office.connector._process = refuse  # type: ignore[method-assign]
    runs.start(connection=office.connection)
    assert office.connector.visit() == 100
    run = office.work()
    assert run.state == SyncRun.State.PREVIEW
    assert set(customers(office)) == {"Acme"}
    [issue] = SyncIssue.objects.filter(run=run)
    assert (issue.entity, issue.kind, issue.code) == ("payroll_item", "internal", "unreadable")


def test_another_company_file_is_refused_and_nothing_is_read(office: Office, desktop: Desktop) -> None:
    office.file.add("Customer", Name="Acme")
    office.sync()
    other = desktop.create("Somebody Else", APP)
    other.add("Customer", Name="Stranger")
    runs.start(connection=office.connection)
    Agent.objects.update(company_file="")
    visitor = WebConnector(other, office.agent.username, office.secret)
    assert visitor.visit() == -1
    assert "The company file open in QuickBooks is Somebody Else." in visitor.last_error
    assert office.connection.status == Connection.Status.PAUSED
    assert set(customers(office)) == {"Acme"}
    # The right file again: nobody has to press anything.
    assert office.connector.visit() == 100
    assert office.connection.status == Connection.Status.ACTIVE
    assert office.work().state == SyncRun.State.DONE


def test_disable_and_enable_lose_nothing_and_double_nothing(office: Office) -> None:
    office.file.add("Customer", Name="Acme")
    office.sync()
    before = list(Link.objects.order_by("pk").values_list("pk", "remote_id", "local_id"))
    services.disable(connection=office.connection)
    assert office.connector.visit() == 0
    channel = services.enable(firm=office.firm, by=None)
    assert channel.pk == office.channel.pk
    services.grant(channel=channel, by=None)
    agent, secret = services.register(channel=channel, by=None, computer="Front desk")
    office.connector = WebConnector(office.file, agent.username, secret)
    office.sync()
    assert list(Link.objects.order_by("pk").values_list("pk", "remote_id", "local_id")) == before
    assert [client.name for client in Client.objects.all()] == ["Acme"]


def test_quickbooks_that_cannot_be_opened_is_told_in_words(office: Office) -> None:
    office.file.conditions(modal_dialog=True)
    runs.start(connection=office.connection)
    assert office.connector.visit() == -1
    office.agent.refresh_from_db()
    assert office.agent.problem == "A dialog is open in QuickBooks. Close it, then sync again."
    office.file.conditions(modal_dialog=False)
    assert office.connector.visit() == 100
    office.agent.refresh_from_db()
    assert office.agent.problem == ""


def test_what_waits_for_the_agent_is_no_work_for_a_worker(office: Office, signed_in: Callable[..., Browser]) -> None:
    office.sync()
    admin = signed_in("administrator", in_firm=office.firm)
    admin.post(reverse("integrations:start"))
    run = SyncRun.objects.latest("pk")
    assert "Waiting for the Sync Agent." in admin.get(reverse("integrations:sync")).content.decode()
    registry.get(SYSTEM).driver.sync(run)
    Operation.objects.create(
        connection=office.connection, entity="time_entry", local_model="timesheets.timeentry", local_id=1, marker="~"
    )
    assert not pumping.work()
    run.refresh_from_db()
    assert run.state == SyncRun.State.QUEUED
    tile = admin.get(reverse("dashboard:home")).content.decode()
    assert "Front desk: active" in tile
    assert "Waiting to start" in tile
