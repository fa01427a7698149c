"""Lists come out of a company file: first previewed, then in step, whatever cuts the conversation."""

from __future__ import annotations

from bigtime.clients.models import Client, Project
from bigtime.staff.models import Staff
from integrations.models import RemoteRecord, SyncRun
from integrations.sync import runs

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
