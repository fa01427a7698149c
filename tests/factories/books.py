from __future__ import annotations

from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from bigtime.codes.models import Account
from integrations.models import Connection, Link, RemoteRecord

from .people import FirmFactory
from .work import AccountFactory


class ConnectionFactory(DjangoModelFactory[Connection]):
    class Meta:
        model = Connection

    firm = factory.SubFactory(FirmFactory)
    system = "quickbooks_online"
    environment = "simulator"
    company_id = factory.Sequence(lambda n: f"93414520{n:08d}")
    company_name = factory.Sequence(lambda n: f"Books #{n}")
    home_currency = "USD"
    facts: Any = factory.LazyFunction(lambda: {"read_at": timezone.now().isoformat()})


class RemoteRecordFactory(DjangoModelFactory[RemoteRecord]):
    class Meta:
        model = RemoteRecord

    connection = factory.SubFactory(ConnectionFactory)
    entity = "customer"
    remote_id = factory.Sequence(str)
    version = "0"
    name = factory.Sequence(lambda n: f"Remote #{n}")
    pending = False


class LinkFactory(DjangoModelFactory[Link]):
    class Meta:
        model = Link

    connection = factory.SubFactory(ConnectionFactory)
    entity = "customer"
    remote = factory.SubFactory(
        RemoteRecordFactory,
        connection=factory.SelfAttribute("..connection"),
        entity=factory.SelfAttribute("..entity"),
    )


def account_of(books: Connection, name: str, kind: str, **values: Any) -> Account:
    """An account here that is linked to one of the books, as a sync makes it."""
    account: Account = AccountFactory.create(firm=books.firm, name=name, kind=kind, **values)
    remote = RemoteRecordFactory.create(connection=books, entity="account", name=name)
    LinkFactory.create(
        connection=books, entity="account", remote=remote, local_model="codes.account", local_id=account.pk
    )
    return account
