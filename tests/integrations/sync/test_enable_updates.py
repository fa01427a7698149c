"""Enable updates off: a sync neither makes nor changes clients and projects; what came waits, and is applied later."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from bigtime.clients.models import Client, Project
from integrations.models import Link, Proposal, RemoteRecord, SyncIssue
from integrations.options import Options
from integrations.quickbooks.entities.customer import CLIENT, PROJECT, Customer
from integrations.sync import choosing, matching, runs
from integrations.sync.targets import Incoming, Rules

from .conftest import Books
from .test_customers import tree

pytestmark = pytest.mark.django_db(transaction=True)


def switch(books: Books, *, on: bool) -> bool:
    anew = choosing.choose(connection=books.connection, options={"enable_updates": on}, firm={})
    books.connection.refresh_from_db()
    return anew


def decide(books: Books, name: str, decision: str, local: tuple[str, int] | None = None) -> None:
    record = RemoteRecord.objects.get(connection=books.connection, entity="customer", name=name)
    matching.decide(connection=books.connection, entity="customer", remotes=[record.pk], decision=decision, local=local)


def asked() -> dict[str, str]:
    """By name of the record, the code of what is open about it."""
    found = SyncIssue.objects.filter(resolved_at=None).select_related("remote").order_by("pk")
    return {issue.remote.name if issue.remote else "": issue.code for issue in found}


def outcomes() -> dict[str, str]:
    """By name of the record, what the preview says of it."""
    found = Proposal.objects.filter(remote__entity="customer")
    return dict(found.values_list("remote__name", "outcome"))


def stamps() -> list[tuple[int, str, datetime]]:
    rows = [*Client.objects.order_by("pk"), *Project.objects.order_by("pk")]
    return [(row.pk, row.name, row.updated_at) for row in rows]


def test_it_is_on_unless_somebody_switched_it_off(books: Books) -> None:
    assert Options.of(books.connection).enable_updates is True


def test_off_nothing_is_made_or_changed_and_on_again_all_that_was_held_back_comes(books: Books) -> None:
    acme = books.customer("Acme", PrimaryEmailAddr={"Address": "old@acme.example"})
    audit = books.customer("Audit", acme)
    books.customer("Globex")
    books.sync()
    assert switch(books, on=False) is False
    before = stamps()
    books.edit("Customer", acme, DisplayName="Acme Corp", PrimaryEmailAddr={"Address": "new@acme.example"})
    books.edit("Customer", audit, DisplayName="Audit 2026")
    books.customer("Support", acme)
    initech = books.customer("Initech")
    books.customer("Rollout", initech)
    run = books.sync()
    assert stamps() == before
    assert tree() == {"Acme": ["Audit"], "Globex": ["Globex"]}
    # What came is in the mirror; what is new waits for a person, a job only once its client is here.
    names = set(RemoteRecord.objects.filter(entity="customer").values_list("name", flat=True))
    assert names == {"Acme Corp", "Audit 2026", "Globex", "Support", "Initech", "Rollout"}
    assert asked() == {"Support": "new_here", "Initech": "new_here"}
    issue = SyncIssue.objects.get(remote__name="Initech", resolved_at=None)
    assert issue.kind == "decision"
    assert issue.message == (
        "“Initech” is new in QuickBooks, and Enable updates is off in the settings. "
        "Link it to one here, create it, or block it."
    )
    step = run.steps.get(entity="customer")
    assert (step.created, step.updated, step.attention) == (0, 0, 2)
    assert not Link.objects.filter(remote__name__in=["Support", "Initech", "Rollout"]).exists()
    # Again is as once.
    books.sync()
    assert (stamps(), asked()) == (before, {"Support": "new_here", "Initech": "new_here"})
    assert switch(books, on=True) is True
    books.sync()
    assert tree() == {"Acme Corp": ["Audit 2026", "Support"], "Globex": ["Globex"], "Initech": ["Rollout"]}
    assert Client.objects.get(name="Acme Corp").email == "new@acme.example"
    assert (asked(), switch(books, on=True)) == ({}, False)


def test_off_nothing_is_taken_for_the_same_by_its_name(books: Books) -> None:
    books.customer("Globex")
    books.sync()
    switch(books, on=False)
    ours = Client.objects.create(firm=books.connection.firm, name="Initech")
    books.customer("Initech", PrimaryEmailAddr={"Address": "ap@initech.example"})
    books.sync()
    ours.refresh_from_db()
    assert (ours.email, Link.objects.filter(remote__name="Initech").count()) == ("", 0)
    assert asked() == {"Initech": "new_here"}
    switch(books, on=True)
    books.sync()
    ours.refresh_from_db()
    assert ours.email == "ap@initech.example"
    assert Link.objects.get(remote__name="Initech", local_model=CLIENT).local_id == ours.pk


def test_off_a_person_still_creates_links_and_blocks(books: Books) -> None:
    books.customer("Globex")
    books.sync()
    switch(books, on=False)
    acme = books.customer("Acme")
    books.customer("Audit", acme)
    for name in ("Initech", "Hooli"):
        books.customer(name, PrimaryEmailAddr={"Address": "new@books.example"})
    books.sync()
    ours = Client.objects.create(firm=books.connection.firm, name="Our Initech")
    decide(books, "Initech", "link", (CLIENT, ours.pk))
    decide(books, "Hooli", "exclude")
    decide(books, "Acme", "create")
    books.apply()
    ours.refresh_from_db()
    # The link is made; what the client is called and where it is written to stays ours.
    assert (ours.name, ours.email) == ("Our Initech", "")
    assert tree() == {"Acme": [], "Globex": ["Globex"], "Our Initech": []}
    assert asked() == {"Audit": "new_here"}
    decide(books, "Audit", "create")
    books.apply()
    assert tree() == {"Acme": ["Audit"], "Globex": ["Globex"], "Our Initech": []}
    assert asked() == {}
    assert Link.objects.get(remote__name="Hooli").state == "blocked"


def test_a_job_that_a_person_creates_before_its_client_says_so_and_follows(books: Books) -> None:
    books.customer("Globex")
    books.sync()
    switch(books, on=False)
    books.customer("Audit", books.customer("Acme"))
    books.sync()
    decide(books, "Audit", "create")
    books.apply()
    assert tree() == {"Globex": ["Globex"]}
    issue = SyncIssue.objects.get(remote__name="Audit", resolved_at=None)
    assert issue.message == "“Audit” comes in once what it belongs to is here. Create or link that too."
    decide(books, "Acme", "create")
    books.apply()
    assert (tree(), asked()) == ({"Acme": ["Audit"], "Globex": ["Globex"]}, {})


def test_off_inactive_and_deleted_still_show_at_the_link(books: Books) -> None:
    books.connection.options = {"inactive_job_status": "completed"}
    books.connection.save()
    audit = books.customer("Audit", books.customer("Acme"))
    globex = books.customer("Globex")
    books.sync()
    switch(books, on=False)
    before = stamps()
    books.edit("Customer", audit, Active=False)
    books.sync()
    books.vanish("customer", globex)
    books.apply()
    assert stamps() == before
    assert Project.objects.get(name="Audit").status == "active"
    inactive = Link.objects.filter(is_active=False).values_list("remote__name", "local_model")
    assert sorted(inactive) == [("Audit", PROJECT), ("Globex", CLIENT), ("Globex", PROJECT)]
    switch(books, on=True)
    books.sync()
    assert Project.objects.get(name="Audit").status == "completed"


def test_off_before_the_first_import_the_preview_asks_about_every_client(books: Books) -> None:
    switch(books, on=False)
    acme = books.customer("Acme")
    books.customer("Audit", acme)
    books.add("Employee", GivenName="Maya", FamilyName="Okafor", DisplayName="Maya Okafor")
    run = books.worked(runs.start(connection=books.connection))
    outcomes = Proposal.objects.filter(entity__in=["customer", "employee"]).values_list("remote__name", "outcome")
    assert sorted(outcomes) == [("Acme", "decision"), ("Audit", "none"), ("Maya Okafor", "new")]
    books.finished(books.worked(runs.import_preview(run=run)))
    assert (tree(), asked()) == ({}, {"Acme": "new_here"})
    switch(books, on=True)
    books.sync()
    assert (tree(), asked()) == ({"Acme": ["Audit"]}, {})


@pytest.mark.parametrize("wanted", [False, True])
def test_what_is_held_back_is_the_same_for_both_editions(wanted: bool) -> None:
    """The rule is in the entity, which both editions declare together."""
    about: dict[str, Any] = {"pk": 1, "remote_id": "1", "name": "Acme", "active": True, "values": {"name": "Acme"}}
    record = Incoming(**about, path=("Acme",), root="1", wanted=wanted)
    held = Customer().targets(record, Rules(updates=False))
    assert [(each.model, bool(each.values), bool(each.decide)) for each in held] == (
        [(CLIENT, True, False), (PROJECT, True, False)] if wanted else [(CLIENT, False, True)]
    )
    record.links = {CLIENT: 7}
    kept = Customer().targets(record, Rules(updates=False))
    assert [(each.model, each.create) for each in kept] == (
        [(CLIENT, True), (PROJECT, True)] if wanted else [(CLIENT, False)]
    )


def test_a_name_that_is_taken_is_asked_about_once(books: Books) -> None:
    acme = books.customer("Acme")
    books.sync()
    switch(books, on=False)
    books.edit("Customer", acme, DisplayName="Zenith")
    books.customer("Acme")
    books.sync()
    decide(books, "Acme", "create")
    books.apply()
    issues = SyncIssue.objects.filter(remote__name="Acme", resolved_at=None)
    assert [issue.code for issue in issues] == ["name_taken"]


@pytest.mark.parametrize("option", ["enable_updates", "use_jobs"])
def test_an_open_preview_shows_what_importing_does_with_the_settings_as_they_are_now(books: Books, option: str) -> None:
    books.customer("Audit", books.customer("Acme"))
    books.worked(runs.start(connection=books.connection))
    assert outcomes() == {"Acme": "new", "Audit": "new"}
    choosing.choose(connection=books.connection, options={option: False}, firm={})
    now = {"enable_updates": ("decision", "none"), "use_jobs": ("new", "none")}[option]
    assert outcomes() == dict(zip(("Acme", "Audit"), now, strict=True))
    choosing.choose(connection=books.connection, options={option: True}, firm={})
    assert outcomes() == {"Acme": "new", "Audit": "new"}
