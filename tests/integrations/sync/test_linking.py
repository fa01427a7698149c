"""Likeness of names, and two people who link at once."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connections

from bigtime.firm.models import Firm
from integrations.models import Connection, Link
from integrations.sync import linking
from integrations.sync.errors import Rejected
from integrations.sync.likeness import Names, alike, best, words_of
from tests.factories import ClientFactory
from tests.factories.books import ConnectionFactory, RemoteRecordFactory


@pytest.mark.parametrize(
    ("one", "other", "least", "most"),
    [
        ("acme inc", "acme inc", 100, 100),
        ("okafor maya", "maya okafor", 100, 100),
        ("acme", "acme rockets", 70, 89),  # a part of it is no more than likely
        ("globex", "globex", 100, 100),
        ("smith ltd", "smyth ltd", 85, 95),
        ("acme", "initech", 0, 40),
    ],
)
def test_likeness(one: str, other: str, least: int, most: int) -> None:
    assert least <= alike(one, other) <= most


def test_best_first_and_none_below_the_least() -> None:
    names = {1: "Acme, Inc.", 2: "ACME Incorporated", 3: "Initech"}
    assert [key for key, _, _ in best("Acme Inc", names, most=5, least=60)] == [1, 2]
    assert best("Acme Inc", names, most=1, least=60) == [(1, "Acme, Inc.", 100)]
    assert best("", names, most=5, least=60) == []


def test_among_many_those_that_share_a_word_are_compared() -> None:
    names = Names({**{n: f"Client {n} Ltd" for n in range(5000)}, 9999: "Zephyr Client"})
    assert names.like("Zephyr, client", most=2, least=90) == [(9999, "Zephyr Client", 100)]
    assert names.like("Unheard of", most=2, least=50) == []


def test_words_that_tell_a_name_apart() -> None:
    assert words_of("The Acme & Co") == ["acme", "the"]
    assert words_of("A B") == ["a", "b"]


@pytest.mark.django_db(transaction=True)
def test_two_people_link_the_same_client_at_once(firm: Firm) -> None:
    connection: Connection = ConnectionFactory.create(firm=firm)
    mine = ClientFactory.create(firm=firm, name="Acme")
    records = [RemoteRecordFactory.create(connection=connection, name=name) for name in ("Acme", "ACME")]
    together, answers = threading.Barrier(2), []

    def one(record: Any) -> None:
        try:
            together.wait()
            linking.link(connection=connection, record=record, local=("clients.client", mine.pk))
            answers.append("linked")
        except Rejected as refused:
            answers.append(refused.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=[record]) for record in records]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["linked", "taken"]
    assert Link.objects.filter(local_id=mine.pk).count() == 1
