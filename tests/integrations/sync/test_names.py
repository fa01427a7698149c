"""Names that collide, don't fit, or would break something: a person is asked, nothing fails, nothing is lost."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from bigtime.clients.models import Client, Project
from bigtime.codes.models import LaborCode
from bigtime.staff.models import Staff
from integrations.models import Connection, Link, RemoteRecord, SyncIssue
from integrations.quickbooks.online.dialect import OnlineDialect
from integrations.sync import apply, matching, mirror, runs
from integrations.sync.errors import Rejected
from tests.factories import ClientFactory, ConnectionFactory, FirmFactory, ProjectFactory, StaffFactory

from .conftest import ENTITIES

pytestmark = pytest.mark.django_db


@pytest.fixture
def connection() -> Connection:
    return ConnectionFactory.create(imported_at=timezone.now())


def receive(connection: Connection, entity: str, *raws: dict[str, Any]) -> None:
    """Mirrors raw records and brings over what is pending; ids, versions and times are filled in."""
    spec = ENTITIES[entity]
    now = timezone.now().isoformat()
    filled = [{"SyncToken": "0", "MetaData": {"LastUpdatedTime": now}, **raw} for raw in raws]
    run = runs.apply_now(connection=connection)
    with transaction.atomic():
        mirror.store(connection, spec, mirror.read_page(spec, OnlineDialect(), filled), first=False)
        scope = apply.scope_of(connection, spec)
        for page in apply.pages(scope):
            apply.bring(run, scope, page)
    type(run).objects.filter(pk=run.pk).update(state="done")


def customer(remote_id: str, name: str, parent: str = "", **fields: Any) -> dict[str, Any]:
    above = {"ParentRef": {"value": parent}, "Job": True} if parent else {}
    return {"Id": remote_id, "DisplayName": name, "Active": True, **above, **fields}


def codes() -> list[str]:
    return sorted(SyncIssue.objects.filter(resolved_at=None).values_list("code", flat=True))


@pytest.mark.parametrize(
    "name",
    [
        "O'Brien & Søn, “Ltd”",
        "Robert'); DROP TABLE clients_client;--",
        "株式会社ナカムラ",
        "İstanbul Ticaret",
        "{{ 7 * 7 }} <b>bold</b>",
        "back\\slash \\u0000 \\\\u0000",
        "100% %s %(x)s",
        "a" * 500,
    ],
)
def test_awkward_names_come_over_as_they_are(connection: Connection, name: str) -> None:
    receive(connection, "customer", customer("1", name))
    assert Client.objects.get().name == name
    assert Project.objects.get().name == name
    receive(connection, "customer", customer("1", name, SyncToken="1", CompanyName="x"))
    assert Client.objects.get().company == "x"
    assert codes() == []


def test_characters_that_the_database_refuses_are_left_out(connection: Connection) -> None:
    receive(connection, "customer", customer("1", "Nul\x00 and half \ud800 pair"))
    assert Client.objects.get().name == "Nul and half ? pair"


def test_white_space_does_not_make_another_name(connection: Connection) -> None:
    ours = ClientFactory.create(firm=connection.firm, name="Acme Corp")
    receive(connection, "customer", customer("1", "  acme   corp "))
    assert Client.objects.get().pk == ours.pk


def test_two_records_that_would_be_called_the_same_are_for_a_person(connection: Connection) -> None:
    receive(connection, "customer", customer("1", "Acme Corp"), customer("2", "ACME  CORP"), customer("3", "Globex"))
    assert sorted(Client.objects.values_list("name", flat=True)) == ["Acme Corp", "Globex"]
    issue = SyncIssue.objects.get(resolved_at=None)
    assert (issue.code, issue.kind, issue.remote.remote_id) == ("name_taken", "decision", "2")  # type: ignore[union-attr]
    receive(connection, "customer", customer("2", "Acme Two", SyncToken="1"))
    assert Client.objects.filter(name="Acme Two").exists()
    assert codes() == []


def test_a_name_whose_bearer_is_linked_elsewhere_is_for_a_person_until_that_one_is_renamed(
    connection: Connection,
) -> None:
    receive(connection, "customer", customer("1", "Acme"))
    gone = customer("1", "Acme (deleted)", Active=False, SyncToken="1")
    receive(connection, "customer", gone, customer("2", "Acme"))
    assert codes() == ["name_taken"]
    assert Client.objects.count() == 1
    Client.objects.update(name="Acme (old)")
    Project.objects.update(name="Acme (old)")
    receive(connection, "customer")
    assert sorted(Client.objects.values_list("name", flat=True)) == ["Acme", "Acme (old)"]
    assert codes() == []


def test_a_rename_to_a_name_in_use_waits_and_the_rest_of_the_page_goes_on(connection: Connection) -> None:
    receive(connection, "customer", customer("1", "Acme"))
    ClientFactory.create(firm=connection.firm, name="Globex")
    renamed = customer("1", "Globex", SyncToken="1", PrimaryEmailAddr={"Address": "a@acme.example"})
    receive(connection, "customer", renamed, customer("2", "Initech"))
    assert sorted(Client.objects.values_list("name", flat=True)) == ["Acme", "Globex", "Initech"]
    assert Client.objects.get(name="Acme").email == "a@acme.example"
    assert "name_taken" in codes()


def test_names_that_do_not_fit_are_told_and_change_nothing(connection: Connection) -> None:
    long = "x" * 240
    receive(connection, "employee", {"Id": "1", "DisplayName": long, "Active": True})
    receive(connection, "customer", customer("2", "Acme", CompanyName="y" * 300))
    assert Staff.objects.count() == 0
    assert Client.objects.get().company == "y" * 200
    told = dict(SyncIssue.objects.values_list("code", "message"))
    assert told["too_long"].startswith("The name has 240 characters; at most 200 fit here.")
    assert told["cut"].startswith("The company has 300 characters; the first 200 were taken.")


def test_an_amount_that_does_not_fit_is_left_out_and_told(connection: Connection) -> None:
    receive(connection, "item", {"Id": "1", "Name": "Gold", "Type": "Service", "UnitPrice": 1e15})
    assert LaborCode.objects.get().rate is None
    assert codes() == ["out_of_range"]


def test_a_job_that_arrives_before_its_customer_waits_and_is_not_lost(connection: Connection) -> None:
    receive(connection, "customer", customer("2", "Audit", "1"))
    held = RemoteRecord.objects.get()
    assert (held.waiting_for, Project.objects.count(), codes()) == ("1", 0, ["waiting"])
    receive(connection, "customer", customer("1", "Acme"))
    assert [str(project) for project in Project.objects.all()] == ["Acme · Audit"]
    assert codes() == []
    held.refresh_from_db()
    assert held.waiting_for == ""


def test_a_record_without_an_id_is_told_by_itself(connection: Connection) -> None:
    page = mirror.read_page(ENTITIES["customer"], OnlineDialect(), [{"DisplayName": "?"}, customer("1", "Acme")])
    assert [row.name for row in page.rows] == ["Acme"]
    assert len(page.nameless) == 1


def test_an_older_state_that_comes_late_is_passed_over(connection: Connection) -> None:
    new = {"LastUpdatedTime": "2026-03-02T10:00:00Z"}
    old = {"LastUpdatedTime": "2026-03-01T10:00:00Z"}
    receive(connection, "customer", customer("1", "New", SyncToken="2", MetaData=new))
    receive(connection, "customer", customer("1", "Old", SyncToken="1", MetaData=old))
    assert Client.objects.get().name == "New"


def test_linked_by_hand_under_another_name_keeps_its_name(connection: Connection) -> None:
    receive(connection, "customer", customer("1", "Acme"), customer("2", "Job A", "1"), customer("3", "Job B", "1"))
    ours = ProjectFactory.create(firm=connection.firm, client=Client.objects.get(), name="Our words")
    job = RemoteRecord.objects.get(remote_id="2")
    about = {"connection": connection, "entity": "customer", "remotes": [job.pk]}
    matching.decide(decision="exclude", **about)
    matching.decide(decision="link", local=("clients.project", ours.pk), **about)
    receive(connection, "customer", customer("2", "Job A2", "1", SyncToken="1"))
    ours.refresh_from_db()
    assert ours.name == "Our words"


def test_nothing_of_another_firm_is_matched_or_may_be_linked(connection: Connection) -> None:
    other = FirmFactory.create()
    theirs = ClientFactory.create(firm=other, name="Acme")
    receive(connection, "customer", customer("1", "Acme"))
    assert Client.objects.filter(firm=connection.firm).count() == 1
    theirs.refresh_from_db()
    assert theirs.firm_id == other.pk
    person = StaffFactory.create(firm=other)
    receive(connection, "vendor", {"Id": "9", "DisplayName": "Ben"})
    vendor = RemoteRecord.objects.get(entity="vendor")
    with pytest.raises(Rejected, match="no longer exists here"):
        matching.decide(
            connection=connection,
            entity="vendor",
            remotes=[vendor.pk],
            decision="link",
            local=("staff.staff", person.pk),
        )
    assert not Link.objects.filter(entity="vendor").exists()


def test_what_was_deleted_here_is_not_made_again(connection: Connection) -> None:
    receive(connection, "customer", customer("1", "Acme"))
    Project.objects.all().delete()
    receive(connection, "customer", customer("1", "Acme", SyncToken="1", Notes="x"))
    assert Project.objects.count() == 0
    assert codes() == ["gone_here"]


def test_a_changed_rule_is_brought_over_by_reconsidering(connection: Connection) -> None:
    receive(connection, "customer", customer("1", "Acme"), customer("2", "Audit", "1"))
    assert list(Project.objects.values_list("name", flat=True)) == ["Audit"]
    connection.options = {"use_jobs": False}
    connection.save()
    assert matching.reconsider_all(connection=connection, entity="customer") == 2
    receive(connection, "customer")
    assert sorted(Project.objects.values_list("name", flat=True)) == ["Acme", "Audit"]
