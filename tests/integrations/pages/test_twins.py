"""Nearly equal names: the first import asks before it makes a second one, and loses nothing that isn't decided."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from bigtime.clients.models import Client, Project
from bigtime.staff.models import Staff
from integrations import registry
from integrations.models import Link, Proposal, RemoteRecord, SyncIssue, SyncRun
from integrations.sync import apply, matching, plan
from tests.factories import ClientFactory, FirmFactory, ProjectFactory, StaffFactory
from tests.integrations.sync.conftest import Books

from .conftest import SYNC, previewed, said, text, worked_off

pytestmark = pytest.mark.django_db(transaction=True)
PREVIEW = f"{SYNC}preview/"
DECIDE = f"{PREVIEW}decide/"
LINKS = f"{SYNC}links/"


def imported(admin: Any, books: Books, run: SyncRun) -> None:
    admin.post(f"{SYNC}{run.pk}/import/")
    assert worked_off(books.connection).state == SyncRun.State.DONE  # type: ignore[union-attr]
    books.connection.refresh_from_db()


def proposal(name: str) -> Proposal:
    return Proposal.objects.get(remote__name=name)


def decide(admin: Any, decision: str, *names: str, entity: str = "customer") -> list[str]:
    ticked = [proposal(name).remote_id for name in names]
    return said(admin.post(DECIDE, {"entity": entity, "decision": decision, "remote": ticked}, follow=True))


def test_a_name_that_looks_the_same_says_why_it_is_asked(books: Books) -> None:
    mine = ClientFactory.create(firm=books.connection.firm, name="HIPAA  readiness")
    books.customer("HIPAA readiness")
    previewed(books)
    found = proposal("HIPAA readiness")
    assert (found.outcome, found.local_id) == ("decision", mine.pk)
    words = "“HIPAA readiness” is here already, written with other spaces. Link it to that, or create it as new."
    assert found.note == words


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("Analysis and reporting", "Analysis & Reporting"),
        ("Societe Generale", "Société Générale"),
        ("OBrien Partners", "O'Brien Partners"),
        ("Globex Inc", "Globex, Inc."),
        ("Acme Incorporated", "Acme"),
        ("Riverside Consultng", "Riverside Consulting"),
    ],
)
def test_nearly_the_same_name_is_asked(books: Books, ours: str, theirs: str) -> None:
    mine = ClientFactory.create(firm=books.connection.firm, name=ours)
    books.customer(theirs)
    previewed(books)
    found = proposal(theirs)
    assert (found.outcome, found.local_model, found.local_id) == ("decision", "clients.client", mine.pk)
    assert found.note == f"“{theirs}” could be “{ours}”, which is here already. Link it to that, or create it as new."


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("Customer 00123", "Customer 00124"),
        ("Audit 2024 review", "Audit 2025 review"),
        ("Phase II plan of works", "Phase III plan of works"),
        ("Building A annex", "Building B annex"),
        ("Acme", "Acme Rockets"),
        ("???", "!!!"),
    ],
)
def test_another_name_is_another_client(books: Books, ours: str, theirs: str) -> None:
    ClientFactory.create(firm=books.connection.firm, name=ours)
    books.customer(theirs)
    previewed(books)
    assert proposal(theirs).outcome == "new"


def test_what_is_undecided_is_not_created_and_not_lost(admin: Any, books: Books) -> None:
    firm = books.connection.firm
    mine = ClientFactory.create(firm=firm, name="Analysis and reporting")
    top = books.customer("Analysis & Reporting")
    books.customer("Audit", top)
    books.customer("Globex")
    run = previewed(books)
    page = text(admin.get(f"{PREVIEW}?entity=customer&outcome=decision"))
    assert "1 to decide" in page
    assert "Customers and jobs: 1" in page
    assert 'Analysis and reporting <span class="tag ok">100 %</span>' in page
    imported(admin, books, run)
    assert sorted(Client.objects.values_list("name", flat=True)) == ["Analysis and reporting", "Globex"]
    assert not Project.objects.filter(name="Audit").exists()
    assert SyncIssue.objects.get(resolved_at=None).code == "near_twin"
    page = text(admin.get(f"{LINKS}?entity=customer&state=decision"))
    assert "Analysis &amp; Reporting" in page
    assert "Needs a decision" in page
    assert "Globex" not in page
    # Decided afterwards: linked, and the job below follows.
    record = RemoteRecord.objects.get(name="Analysis & Reporting")
    admin.post(LINKS + "act/", {"do": "accept", "pk": [record.pk]})
    worked_off(books.connection)
    assert Link.objects.get(remote=record).local_id == mine.pk
    assert Project.objects.get(name="Audit").client_id == mine.pk
    assert Client.objects.count() == 2
    assert not SyncIssue.objects.filter(resolved_at=None).exists()
    assert "Analysis &amp; Reporting" not in text(admin.get(f"{LINKS}?entity=customer&state=decision"))


def test_created_as_new_after_the_import(admin: Any, books: Books) -> None:
    ClientFactory.create(firm=books.connection.firm, name="Globex Inc")
    books.customer("Globex, Inc.")
    imported(admin, books, previewed(books))
    record = RemoteRecord.objects.get(name="Globex, Inc.")
    page = text(admin.get(f"{SYNC}records/{record.pk}/"))
    assert "could be “Globex Inc”" in page
    admin.post(f"{SYNC}records/{record.pk}/act/", {"do": "create"})
    worked_off(books.connection)
    assert sorted(Client.objects.values_list("name", flat=True)) == ["Globex Inc", "Globex, Inc."]
    assert Proposal.objects.count() == 0
    # Once decided it is never asked again.
    books.edit("Customer", record.remote_id, PrimaryPhone={"FreeFormNumber": "1"})
    books.sync()
    assert not SyncIssue.objects.filter(resolved_at=None).exists()


def test_one_by_one_and_in_bulk_before_importing(admin: Any, books: Books) -> None:
    firm = books.connection.firm
    for name in ("Alpha Works Inc", "Beta Works Inc", "Gamma Works Inc", "Delta Works Inc"):
        ClientFactory.create(firm=firm, name=name)
    for name in ("Alpha Works, Inc.", "Beta Works, Inc.", "Gamma Works, Inc.", "Delta Works, Inc."):
        books.customer(name)
    run = previewed(books)
    assert matching.counts(books.connection)["customer"] == {"decision": 4}
    for word, name in (("link", "Alpha Works, Inc."), ("create", "Beta Works, Inc.")):
        admin.post(DECIDE, {"entity": "customer", "one": f"{word}:{proposal(name).remote_id}"}, follow=True)
    assert decide(admin, "link", "Gamma Works, Inc.") == ["1 record linked as suggested."]
    assert matching.counts(books.connection)["customer"] == {"decision": 1, "linked": 2, "new": 1}
    assert decide(admin, "undo", "Beta Works, Inc.") == ["1 record as proposed again."]
    assert proposal("Beta Works, Inc.").outcome == "decision"
    assert decide(admin, "create", "Beta Works, Inc.", "Delta Works, Inc.") == ["2 records to be created."]
    imported(admin, books, run)
    assert Client.objects.count() == 6
    assert not SyncIssue.objects.exists()


def test_two_that_could_be_the_same_are_not_both_linked(admin: Any, books: Books) -> None:
    ClientFactory.create(firm=books.connection.firm, name="Globex Inc")
    books.customer("Globex, Inc.")
    books.customer("Globex. Inc")
    previewed(books)
    assert decide(admin, "link", "Globex, Inc.", "Globex. Inc") == [
        "2 records left alone: nothing to link to, or two of them could be the same. Choose with “Link to…”."
    ]
    assert not Link.objects.exists()


def test_a_stale_page_links_nothing_twice(admin: Any, books: Books) -> None:
    mine = ClientFactory.create(firm=books.connection.firm, name="Globex Inc")
    books.customer("Globex, Inc.")
    books.customer("Other")
    previewed(books)
    other = proposal("Other").remote
    admin.post(f"{SYNC}records/{other.pk}/act/", {"do": "link", "local": f"clients.client:{mine.pk}"})
    assert "1 record left alone" in decide(admin, "link", "Globex, Inc.")[-1]
    assert Link.objects.get().remote_id == other.pk


def test_a_project_is_compared_with_its_own_client_s_only(admin: Any, books: Books) -> None:
    firm = books.connection.firm
    acme, globex = ClientFactory.create(firm=firm, name="Acme"), ClientFactory.create(firm=firm, name="Globex")
    mine = ProjectFactory.create(firm=firm, client=acme, name="HIPAA  readiness")
    for name in ("Acme", "Globex"):
        books.customer("HIPAA readiness " + name, books.customer(name))
    jobs = RemoteRecord.objects.filter(name__startswith="HIPAA")
    run = previewed(books)
    assert set(jobs.values_list("proposals__outcome", flat=True)) == {"new"}
    runs_over = ProjectFactory.create(firm=firm, client=globex, name="HIPAA-readiness Globex")
    ProjectFactory.create(firm=firm, client=acme, name="HIPAA-readiness Globex")
    matching.reconsider(books.connection, _customers(books), list(jobs.values_list("remote_id", flat=True)))
    found = {each.remote.name: (each.outcome, each.local_id) for each in Proposal.objects.filter(remote__in=jobs)}
    assert found["HIPAA readiness Globex"] == ("decision", runs_over.pk)
    assert found["HIPAA readiness Acme"][0] == "new"
    imported(admin, books, run)
    assert Project.objects.filter(client=acme).count() == 3
    assert mine.pk in Project.objects.filter(client=acme).values_list("pk", flat=True)


def _customers(books: Books) -> Any:
    return registry.get(books.connection.system).entities["customer"]


def test_half_a_record_is_linked_and_the_other_half_is_the_question(admin: Any, books: Books) -> None:
    """A customer without jobs is a client and a project of its own."""
    firm = books.connection.firm
    client = ClientFactory.create(firm=firm, name="Globex, Inc.")
    project = ProjectFactory.create(firm=firm, client=client, name="Globex Inc")
    books.customer("Globex, Inc.")
    imported(admin, books, previewed(books))
    record = RemoteRecord.objects.get(name="Globex, Inc.")
    links = Link.objects.filter(entity="customer")
    assert list(links.values_list("local_model", "local_id")) == [("clients.client", client.pk)]
    page = text(admin.get(f"{SYNC}records/{record.pk}/"))
    assert "could be “Globex Inc”" in page
    admin.post(f"{SYNC}records/{record.pk}/act/", {"do": "create"})
    worked_off(books.connection)
    assert Client.objects.count() == 1
    assert sorted(Project.objects.values_list("name", flat=True)) == ["Globex Inc", "Globex, Inc."]
    linked = dict(links.values_list("local_model", "local_id"))
    assert linked["clients.client"] == client.pk
    assert linked["clients.project"] != project.pk


def test_a_person_with_nearly_the_same_name(admin: Any, books: Books) -> None:
    StaffFactory.create(firm=books.connection.firm, name="Jonathan Smythe", email="")
    books.add("Employee", DisplayName="Jonathon Smythe", GivenName="Jonathon", FamilyName="Smythe")
    run = previewed(books)
    assert proposal("Jonathon Smythe").outcome == "decision"
    assert decide(admin, "create", "Jonathon Smythe", entity="employee") == ["1 record to be created."]
    imported(admin, books, run)
    assert sorted(Staff.objects.filter(name__endswith="Smythe").values_list("name", flat=True)) == [
        "Jonathan Smythe",
        "Jonathon Smythe",
    ]


def test_a_later_sync_asks_too(admin: Any, books: Books) -> None:
    books.sync()
    ClientFactory.create(firm=books.connection.firm, name="Globex Inc")
    books.customer("Globex, Inc.")
    books.customer("Initech")
    books.sync()
    assert sorted(Client.objects.values_list("name", flat=True)) == ["Globex Inc", "Initech"]
    assert SyncIssue.objects.get(resolved_at=None).message.startswith("“Globex, Inc.” could be “Globex Inc”")


def test_another_firm_s_names_are_no_twins(books: Books) -> None:
    ClientFactory.create(firm=FirmFactory.create(), name="Globex Inc")
    books.customer("Globex, Inc.")
    previewed(books)
    assert proposal("Globex, Inc.").outcome == "new"


def test_the_cost_in_sql_is_the_same_for_few_and_many(admin: Any, books: Books) -> None:
    firm = books.connection.firm
    costs = []
    for number in (3, 40):
        for n in range(number):
            client = ClientFactory.create(firm=firm, name=f"Works {number} {n} Inc")
            ProjectFactory.create(firm=firm, client=client, name=f"Site {number} {n}")
            top = books.customer(f"Works {number} {n}, Inc.")
            books.customer(f"Site {number} {n}.", top)
        SyncRun.objects.update(state=SyncRun.State.CANCELLED)
        with CaptureQueriesContext(database) as captured:
            previewed(books)
        costs.append(len([each for each in captured if "Lower" in each["sql"] or "lower" in each["sql"].lower()]))
    assert costs[0] == costs[1]
    assert matching.counts(books.connection)["customer"]["decision"] == 43


def test_what_is_linked_meanwhile_is_no_twin(books: Books) -> None:
    """The names are read once for a scope; a link made since is seen all the same."""
    mine = ClientFactory.create(firm=books.connection.firm, name="Globex Inc")
    books.customer("Globex, Inc.")
    books.customer("Other")
    previewed(books)
    scope = apply.scope_of(books.connection, _customers(books), dry=True)
    rows = [row for page in apply.pages(scope) for row in page]
    assert [each.needs_person for each in plan.make(scope, rows)] == [True, False]
    other = RemoteRecord.objects.get(name="Other")
    matching.decide(
        connection=books.connection, entity="customer", remotes=[other.pk], decision="link",
        local=("clients.client", mine.pk),
    )  # fmt: skip
    again = [each.needs_person for each in plan.make(scope, rows)]
    assert again == [False, False]
