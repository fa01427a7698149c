"""What an entity's file says about itself is true: it is found, in its place, and the pages that it names are there."""

from __future__ import annotations

from pkgutil import iter_modules

import pytest
from django.urls import reverse

from bigtime.clients import lists as clients
from bigtime.codes import lists as codes
from bigtime.staff import lists as staff
from integrations import registry
from integrations.quickbooks import entities
from integrations.quickbooks.entities import of_edition
from integrations.sync import readiness
from tests.factories.books import ConnectionFactory

ORDER = {
    "online": ["company", "account", "item", "employee", "vendor", "class", "term", "customer", "time_entry"],
    "desktop": [
        "company", "account", "item", "payroll_item", "employee", "vendor", "class", "term", "customer", "time_entry",
    ],
}  # fmt: skip
EVERY = {spec.key: spec for system in registry.installed() for spec in system.entities.values()}


@pytest.mark.parametrize("edition", ["online", "desktop"])
def test_lists_come_after_what_they_refer_to(edition: str) -> None:
    assert [spec.key for spec in of_edition(edition)] == ORDER[edition]


def test_each_file_is_an_entity_of_an_edition() -> None:
    files = {module.name for module in iter_modules(entities.__path__)}
    found = {type(spec).__module__.split(".")[-1] for edition in ORDER for spec in of_edition(edition)}
    assert found == files


@pytest.mark.parametrize("key", EVERY)
def test_the_pages_that_mend_are_there(key: str) -> None:
    assert [code for code, (label, page) in EVERY[key].mends.items() if not (label and reverse(page))] == []


def test_what_keeps_time_here_is_mended_somewhere() -> None:
    mends = readiness.mends(ConnectionFactory.build(system="quickbooks_desktop"))
    assert sorted(mends) == [
        "classes_off", "link_class", "link_customer", "link_item", "link_payroll_item", "link_staff", "no_class",
        "no_code", "no_payroll_item", "not_approved", "rate",
    ]  # fmt: skip


def test_links_show_in_lists_that_are_there() -> None:
    shown = {f"{place}_list" for spec in EVERY.values() for place in spec.places}
    there = {getattr(page, "place", "") for module in (clients, codes, staff) for page in vars(module).values()}
    assert shown - there == set()
    assert shown == {
        "client_list", "project_list", "staff_list", "code_list", "class_list", "payroll_item_list",
    }  # fmt: skip
