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
from integrations.sync.fields import Ref
from integrations.sync.mapper import Entity
from tests.factories.books import ConnectionFactory

EDITIONS = ("online", "desktop")
EVERY: dict[str, Entity] = {spec.key: spec for edition in EDITIONS for spec in of_edition(edition)}


@pytest.mark.parametrize("edition", EDITIONS)
def test_lists_come_after_what_they_refer_to(edition: str) -> None:
    specs = of_edition(edition)
    at = {spec.key: number for number, spec in enumerate(specs)}
    refers = [
        (spec.key, field.entity)
        for spec in specs for field in spec.fields.values() if isinstance(field, Ref) and edition in field.paths
    ]  # fmt: skip
    assert ("time_entry", "customer") in refers
    assert [(key, other) for key, other in refers if at[key] < at[other]] == []
    assert specs[0].key == "company"


def test_each_file_is_an_entity_of_a_system() -> None:
    files = {module.name for module in iter_modules(entities.__path__)}
    held = [spec for system in registry.installed() for spec in system.entities.values()]
    assert {type(spec).__module__.split(".")[-1] for spec in held} == files


@pytest.mark.parametrize("key", EVERY)
def test_the_pages_that_mend_are_there(key: str) -> None:
    assert [code for code, (label, page) in EVERY[key].mends.items() if not (label and reverse(page))] == []


@pytest.mark.parametrize("system", registry.installed(), ids=lambda system: system.key)
def test_the_pages_that_mend_a_refusal_are_there(system: registry.System) -> None:
    assert [code for code, (label, page) in system.mends.items() if not (label and reverse(page))] == []
    lacks = {code for spec in system.entities.values() for code in spec.mends}
    assert lacks & set(system.mends) == set(), "one code for two things"


def test_a_refusal_is_mended_where_its_own_system_says() -> None:
    online, desktop = (readiness.mends(ConnectionFactory.build(system=f"quickbooks_{each}")) for each in EDITIONS)
    assert online["6320"] == ("Change the settings", "integrations:settings")
    assert "6320" not in desktop
    assert online["link_staff"] == desktop["link_staff"] == ("Link the person", "staff:list")


def test_what_keeps_time_here_is_mended_somewhere() -> None:
    lacks = {
        "classes_off", "link_class", "link_customer", "link_item", "link_payroll_item", "link_staff", "no_class",
        "no_code", "no_payroll_item", "not_approved", "rate",
    }  # fmt: skip
    assert lacks - set(readiness.mends(ConnectionFactory.build(system="quickbooks_desktop"))) == set()


def test_links_show_in_lists_that_are_there() -> None:
    shown = {f"{place}_list" for spec in EVERY.values() for place in spec.places}
    there = {getattr(page, "place", "") for module in (clients, codes, staff) for page in vars(module).values()}
    assert {"client_list", "project_list", "staff_list", "code_list"} <= shown
    assert shown - there == set()
