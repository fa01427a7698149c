"""S2 and S3: the customer tree of the books becomes clients and projects."""

from __future__ import annotations

import pytest

from bigtime.clients.models import Client, Project
from integrations.models import Link, SyncChange, SyncIssue

from .conftest import Books

pytestmark = pytest.mark.django_db(transaction=True)


def tree() -> dict[str, list[str]]:
    """Client → its projects, all by name."""
    found: dict[str, list[str]] = {client.name: [] for client in Client.objects.order_by("name")}
    for project in Project.objects.select_related("client").order_by("name"):
        found[project.client.name].append(project.name)
    return found


def test_a_customer_without_jobs_is_a_client_with_one_project_of_its_own(books: Books) -> None:
    books.customer("Globex", PrimaryEmailAddr={"Address": "ap@globex.example"}, CompanyName="Globex GmbH")
    run = books.sync()
    assert tree() == {"Globex": ["Globex"]}
    client = Client.objects.get()
    assert (client.email, client.company, client.is_active) == ("ap@globex.example", "Globex GmbH", True)
    assert Link.objects.filter(entity="customer", how="created").count() == 2
    step = run.steps.get(entity="customer")
    assert (step.pulled, step.created, step.updated, step.unchanged, step.attention) == (1, 1, 0, 0, 0)


def test_only_the_lowest_job_of_each_branch_becomes_a_project(books: Books) -> None:
    acme = books.customer("Acme")
    phase = books.customer("Phase 1", acme)
    books.customer("Design", phase)
    books.customer("Build", phase)
    books.customer("Support", acme)
    books.sync()
    assert tree() == {"Acme": ["Phase 1 › Build", "Phase 1 › Design", "Support"]}


def test_a_linked_job_that_gains_children_keeps_its_project_and_says_so(books: Books) -> None:
    acme = books.customer("Acme")
    job = books.customer("Audit", acme)
    books.sync()
    before = Project.objects.get()
    books.customer("Audit 2026", job)
    books.sync()
    assert tree() == {"Acme": ["Audit", "Audit › Audit 2026"]}
    assert Project.objects.get(name="Audit").pk == before.pk
    issue = SyncIssue.objects.get(resolved_at=None)
    assert (issue.code, issue.kind, issue.remote.name) == ("gained_children", "warning", "Audit")  # type: ignore[union-attr]


def test_a_rename_renames_the_client_its_own_project_and_the_path_below(books: Books) -> None:
    acme = books.customer("Acme")
    phase = books.customer("Phase 1", acme)
    books.customer("Design", phase)
    globex = books.customer("Globex")
    books.sync()
    ids = set(Project.objects.values_list("pk", flat=True))
    books.edit("Customer", phase, DisplayName="Phase One")
    books.edit("Customer", globex, DisplayName="Globex AG")
    run = books.sync()
    assert tree() == {"Acme": ["Phase One › Design"], "Globex AG": ["Globex AG"]}
    assert set(Project.objects.values_list("pk", flat=True)) == ids
    changes = run.changes.filter(local_model="clients.project").values_list("action", "fields")
    assert sorted(changes, key=str) == [
        ("updated", {"name": ["Globex", "Globex AG"]}),
        ("updated", {"name": ["Phase 1 › Design", "Phase One › Design"]}),
    ]


def test_inactive_is_linked_but_inactive_and_the_project_stays_until_the_setting_says_otherwise(books: Books) -> None:
    acme = books.customer("Acme")
    job = books.customer("Audit", acme)
    books.sync()
    books.edit("Customer", job, Active=False)
    run = books.sync()
    project = Project.objects.get()
    assert (project.name, project.status, project.is_active) == ("Audit", "active", True)
    assert Link.objects.get(local_model="clients.project").is_active is False
    assert list(run.changes.values_list("action", flat=True)) == ["inactivated"]
    assert run.steps.get(entity="customer").inactivated == 1
    books.edit("Customer", job, Active=True, DisplayName="Audit")
    run = books.sync()
    assert Link.objects.get(local_model="clients.project").is_active is True
    assert list(run.changes.values_list("action", flat=True)) == ["reactivated"]
    assert tree() == {"Acme": ["Audit"]}


def test_with_a_status_for_inactive_jobs_the_project_takes_it_and_reactivation_restores_it(books: Books) -> None:
    books.connection.options = {"inactive_job_status": "completed"}
    books.connection.save()
    job = books.customer("Audit", books.customer("Acme"))
    books.sync()
    books.edit("Customer", job, Active=False)
    books.sync()
    assert Project.objects.get().status == "completed"
    books.edit("Customer", job, Active=True, DisplayName="Audit")
    books.sync()
    assert Project.objects.get().status == "active"


def test_what_is_inactive_over_there_creates_nothing_here(books: Books) -> None:
    books.customer("Old Corp", Active=False)
    acme = books.customer("Acme")
    books.customer("Old job", acme, Active=False)
    books.sync()
    assert tree() == {"Acme": ["Acme"]}


def test_a_job_moved_to_another_customer_moves_its_project(books: Books) -> None:
    acme, globex = books.customer("Acme"), books.customer("Globex")
    job = books.customer("Audit", acme)
    books.customer("Support", globex)
    books.sync()
    pk = Project.objects.get(name="Audit").pk
    books.edit("Customer", job, ParentRef={"value": globex}, Job=True)
    run = books.sync()
    moved = Project.objects.get(pk=pk)
    assert moved.client.name == "Globex"
    # Acme has no job left: it is a client with a project of its own again.
    assert tree() == {"Acme": ["Acme"], "Globex": ["Audit", "Support"]}
    fields = run.changes.get(local_model="clients.project", action="updated").fields
    assert set(fields) == {"client_id"}


def test_what_is_here_under_the_same_name_is_linked_not_doubled(books: Books) -> None:
    client = Client.objects.create(firm=books.connection.firm, name="ACME corp", email="old@acme.example")
    project = Project.objects.create(firm=books.connection.firm, client=client, name="audit")
    books.customer("Audit", books.customer("Acme Corp"))
    run = books.sync()
    assert tree() == {"Acme Corp": ["Audit"]}
    assert Client.objects.get().pk == client.pk
    assert Project.objects.get().pk == project.pk
    assert Client.objects.get().email == "old@acme.example"  # nothing over there never erases what is here
    assert {*run.changes.filter(entity="customer").values_list("action", flat=True)} == {SyncChange.Action.LINKED}


def test_projects_pair_with_customers_when_jobs_are_not_used(books: Books) -> None:
    books.connection.options = {"use_jobs": False}
    books.connection.save()
    books.customer("Audit", books.customer("Acme"))
    books.customer("Globex")
    books.sync()
    assert tree() == {"Acme": ["Acme"], "Globex": ["Globex"]}


def test_a_deleted_or_merged_customer_is_marked_and_what_is_linked_stays(books: Books) -> None:
    books.customer("Acme")
    globex = books.customer("Globex")
    books.sync()
    books.vanish("customer", globex)
    run = books.apply()
    assert tree() == {"Acme": ["Acme"], "Globex": ["Globex"]}
    remote = Link.objects.filter(local_model="clients.client", remote__name="Globex").get().remote
    assert remote is not None
    assert remote.deleted_at is not None
    assert [issue.code for issue in remote.issues.all()] == ["gone_there"]
    assert run.steps.get(entity="customer").inactivated == 1


def test_a_second_sync_changes_nothing(books: Books) -> None:
    acme = books.customer("Acme")
    books.customer("Audit", acme)
    books.sync()
    before = tree(), Link.objects.count(), SyncChange.objects.count()
    run = books.sync()
    assert (tree(), Link.objects.count(), SyncChange.objects.count()) == before
    assert run.calls <= 3
    step = run.steps.get(entity="customer")
    assert (step.created, step.updated, step.changed) == (0, 0, 0)
