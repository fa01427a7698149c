"""The pages of sync take the same number of statements for few records and for many."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from bigtime.clients.models import Client as Customer
from bigtime.clients.models import Project
from bigtime.codes.models import Account
from bigtime.firm.models import Firm
from integrations import accounts
from integrations.models import Connection, Link, Operation, Proposal, RemoteRecord, SyncChange, SyncIssue, SyncRun
from integrations.quickbooks.desktop.models import Agent, Channel, Session
from tests.factories import ConnectionFactory, StaffFactory

from .counting import FEW, MANY, Sized, know_the_tables, statements

SYNC = "/company/integrations/sync/"
ADDRESSES: dict[str, Callable[[Connection], str]] = {
    "sync": lambda books: reverse("integrations:sync"),
    "links": lambda books: f"{SYNC}links/?entity=customer",
    "links, not linked": lambda books: f"{SYNC}links/?entity=customer&state=not_linked&q=remote",
    "links of vendors": lambda books: f"{SYNC}links/?entity=vendor",
    "needs attention": lambda books: reverse("integrations:attention"),
    "history": lambda books: reverse("integrations:history"),
    "one run": lambda books: reverse("integrations:run", args=[_first(SyncRun, books)]),
    "record": lambda books: reverse("integrations:record", args=[_first(RemoteRecord, books)]),
    "job": lambda books: reverse("integrations:record", args=[_named(books, "customer-1-job-0")]),
    "open record": lambda books: (
        reverse("integrations:record", args=[_named(books, "customer-1-open-0")]) + "?q=remote"
    ),
    "linked client": lambda books: reverse("integrations:local", args=["clients.client", _client(books, linked=True)]),
    "open client": lambda books: reverse("integrations:local", args=["clients.client", _client(books, linked=False)]),
    "linked project": lambda books: reverse("integrations:local", args=["clients.project", _first(Project, books)]),
    "settings": lambda books: reverse("integrations:settings"),
    "settings of time": lambda books: reverse("integrations:settings_tab", args=["time"]),
    "settings of invoicing": lambda books: reverse("integrations:settings_tab", args=["invoicing"]),
    "integrations": lambda books: reverse("integrations:list"),
    "QuickBooks Online": lambda books: reverse("quickbooks_online:manage"),
}
MOST = 12


def _first(model: Any, books: Connection) -> int:
    mine = {"firm": books.firm} if model is Project else {"connection": books}
    return int(model.objects.filter(**mine).order_by("pk").values_list("pk", flat=True)[0])


def _named(books: Connection, remote_id: str) -> int:
    return int(RemoteRecord.objects.get(connection=books, remote_id=remote_id).pk)


def _client(books: Connection, *, linked: bool) -> int:
    return int(Customer.objects.get(firm=books.firm, name=f"{'Ours' if linked else 'Free'} 1 000").pk)


def _records(books: Connection, entity: str, names: Sequence[str], **values: Any) -> list[RemoteRecord]:
    """Records called `names`, each with that for an id too, in the case that ids have."""
    return RemoteRecord.objects.bulk_create(
        RemoteRecord(
            connection=books, entity=entity, remote_id=f"{entity}-{name.lower().replace(' ', '-')}", version="0",
            name=f"Remote {name}", pending=False, data={"DisplayName": name}, **values,
        )
        for name in names
    )  # fmt: skip


def _linked(books: Connection, records: Sequence[RemoteRecord], ours: Sequence[Any]) -> None:
    Link.objects.bulk_create(
        Link(
            connection=books, entity=record.entity, remote=record, local_model=mine._meta.label_lower, local_id=mine.pk,
        )
        for record, mine in zip(records, ours, strict=True)
    )  # fmt: skip


def _fill(books: Connection, count: int, start: int) -> None:
    """Customers that are clients, with a job each that is a project; others that are open, asked about and changed."""
    numbers = range(count)
    tops = _records(books, "customer", [f"{start} linked {n}" for n in numbers])
    clients = Customer.objects.bulk_create(Customer(firm=books.firm, name=f"Ours {start} {n:03}") for n in numbers)
    Customer.objects.bulk_create(Customer(firm=books.firm, name=f"Free {start} {n:03}") for n in numbers)
    _linked(books, tops, clients)
    jobs = _records(books, "customer", [f"{start} job {n}" for n in numbers], parent_id=tops[0].remote_id)
    of_first = [Project(firm=books.firm, client=clients[0], name=f"Job {start} {n:03}") for n in numbers]
    _linked(books, jobs, Project.objects.bulk_create(of_first))
    open_ones = _records(books, "customer", [f"{start} open {n}" for n in numbers])
    _records(books, "customer", [f"{start} below {n}" for n in numbers], parent_id=open_ones[0].remote_id)
    for kind in Account.Kind.values:
        names = [f"{start} {kind} {n}" for n in numbers]
        made = Account.objects.bulk_create(Account(firm=books.firm, name=name, kind=kind) for name in names)
        _linked(books, _records(books, "account", names), made)
    _records(books, "vendor", [f"{start} vendor {n}" for n in numbers])
    _ask(books, [*open_ones, *tops], start)
    _runs(books, tops, start)


def _ask(books: Connection, records: Sequence[RemoteRecord], start: int) -> None:
    first = RemoteRecord.objects.filter(connection=books).order_by("pk")[0]
    about: dict[str, Any] = {"connection": books, "entity": "customer", "kind": "decision", "message": "Which is it?"}
    SyncIssue.objects.bulk_create(SyncIssue(**about, remote=record, code="twin") for record in records)
    more = [SyncIssue(**about, remote=first, code=f"{start}-{n}") for n in range(len(records))]
    SyncIssue.objects.bulk_create(more)
    if books.imported_at is None:
        outcomes = [Proposal.Outcome.NEW, Proposal.Outcome.MATCHED, Proposal.Outcome.DECISION, Proposal.Outcome.NONE]
        Proposal.objects.bulk_create(
            Proposal(connection=books, entity="customer", remote=record, outcome=outcomes[at % len(outcomes)])
            for at, record in enumerate(records)
        )


def _runs(books: Connection, records: Sequence[RemoteRecord], start: int) -> None:
    """The first run of all changed every record that there is."""
    runs = [SyncRun(connection=books, state="done", started_by=books.connected_by) for _ in records]
    SyncRun.objects.bulk_create(runs)
    first = SyncRun.objects.filter(connection=books).order_by("pk")[0]
    first.steps.get_or_create(entity="customer")
    SyncChange.objects.bulk_create(
        SyncChange(run=first, entity="customer", remote=remote, name=remote.name, action="created")
        for record in records
        for remote in (record, records[0])
    )
    SyncIssue.objects.filter(connection=books).update(run=first)


@pytest.fixture(scope="module")
def sizes(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[tuple[Sized, Sized]]:
    """Books with few records and with many, made once, in a transaction around those of the tests."""
    with django_db_blocker.unblock(), transaction.atomic():
        few, many = (Sized.of(ConnectionFactory.create(imported_at=timezone.now())) for _ in range(2))
        for each in (few, many):
            _fill(each.books, FEW, 1)
        _fill(many.books, MANY, 2)
        ConnectionFactory.create_batch(MANY, firm=many.firm, status="disabled")
        StaffFactory.create_batch(MANY, firm=many.firm)
        know_the_tables()
        yield few, many
        transaction.set_rollback(True)


@pytest.mark.django_db
@pytest.mark.parametrize("page", ADDRESSES)
def test_statements_do_not_grow_with_records(page: str, sizes: tuple[Sized, Sized]) -> None:
    few, many = (each.statements(ADDRESSES[page](each.books)) for each in sizes)

    assert (many, many <= MOST) == (few, True)


@pytest.mark.parametrize("tab", ["time", "invoicing"])
def test_nor_do_settings_whose_accounts_can_not_be_used_any_more(
    tab: str, signed_in: Callable[..., Client], firm: Firm
) -> None:
    client = signed_in("administrator")
    books = ConnectionFactory.create(firm=firm, imported_at=timezone.now())
    _fill(books, FEW, 1)
    chosen = {use.option: Account.objects.get(firm=firm, name=f"1 {use.kind} 0").pk for use in accounts.USES.values()}
    Connection.objects.update(options=chosen)
    Link.objects.filter(local_model="codes.account", local_id__in=chosen.values()).update(is_active=False)
    address = reverse("integrations:settings_tab", args=[tab])
    few = statements(client, address)
    _fill(books, MANY, 2)

    many = statements(client, address)

    assert (many, many <= MOST) == (few, True)


@pytest.mark.parametrize("query", ["", "?entity=customer&outcome=decision", "?entity=vendor", "?q=remote"])
def test_nor_does_the_preview_of_a_first_sync(query: str, signed_in: Callable[..., Client], firm: Firm) -> None:
    client = signed_in("administrator")
    books = ConnectionFactory.create(firm=firm)
    _fill(books, FEW, 1)
    SyncRun.objects.create(connection=books, state="preview")
    address = reverse("integrations:preview") + query
    few = statements(client, address)
    _fill(books, MANY, 2)

    many = statements(client, address)

    assert (many, many <= MOST) == (few, True)


@pytest.mark.parametrize("page", ["manage", "enable"])
def test_nor_does_quickbooks_desktop(page: str, signed_in: Callable[..., Client], firm: Firm) -> None:
    client = signed_in("administrator")
    books = ConnectionFactory.create(firm=firm, system="quickbooks_desktop", imported_at=timezone.now())
    channel = Channel.objects.create(connection=books, granted_at=timezone.now(), company_file="C:/books.qbw")
    address = reverse(f"quickbooks_desktop:{page}")
    _computers(channel, FEW, 1)
    few = statements(client, address)
    _computers(channel, MANY, 2)

    many = statements(client, address)

    assert (many, many <= MOST) == (few, True)


def _computers(channel: Channel, count: int, start: int) -> None:
    now = timezone.now()
    agents = Agent.objects.bulk_create(
        Agent(channel=channel, username=f"{start}-{n}", computer=f"PC {start}-{n}", last_seen_at=now)
        for n in range(count)
    )
    Channel.objects.filter(pk=channel.pk).update(active=agents[0])
    Session.objects.bulk_create(
        Session(agent=agent, ticket_sha256=f"{agent.pk}", seen_at=now, closed_at=now) for agent in agents
    )
    Operation.objects.bulk_create(
        Operation(
            connection=channel.connection, entity="time_entry", local_model="timesheets.timeentry",
            local_id=start * 1000 + n, marker=f"{start}-{n}",
        )
        for n in range(count)
    )  # fmt: skip
    SyncRun.objects.bulk_create(SyncRun(connection=channel.connection, state="done") for _ in range(count))
