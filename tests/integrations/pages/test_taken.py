"""What one of ours resembles is another of ours already: its page says so and leads there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bigtime.firm.models import Firm
from integrations.models import Connection, Link, RemoteRecord
from integrations.sync import linking, taken
from tests.factories import LaborCodeFactory

from .conftest import SYNC, text

pytestmark = pytest.mark.django_db
CODE = "codes.laborcode"
Remote = Callable[..., RemoteRecord]
EMPTY = "Nothing is called like it"


def test_it_names_the_other_and_leads_to_the_record(
    admin: Any, connection: Connection, remote: Remote, firm: Firm
) -> None:
    mine = LaborCodeFactory.create(firm=firm, name="Analysis and reporting")
    twin = LaborCodeFactory.create(firm=firm, name="Analysis & reporting")
    there = remote("item", "Analysis & reporting")
    linking.link(connection=connection, record=there, local=(CODE, twin.pk))
    Link.objects.update(how="created")
    page = text(admin.get(f"{SYNC}ours/{CODE}/{mine.pk}/?entity=item"))
    assert "<b>Analysis &amp; reporting</b>, which the import made." in page
    assert f'href="{SYNC}records/{there.pk}/"' in page
    assert EMPTY not in page
    linking.unlink(connection=connection, records=[there.pk], local=(CODE, twin.pk))
    page = text(admin.get(f"{SYNC}ours/{CODE}/{mine.pk}/?entity=item"))
    assert "is linked to your labor code" not in page
    assert f'action="{SYNC}records/{there.pk}/act/"' in page


def test_what_is_called_differently_stays_out(admin: Any, connection: Connection, remote: Remote, firm: Firm) -> None:
    mine = LaborCodeFactory.create(firm=firm, name="Analysis of reports")
    other = LaborCodeFactory.create(firm=firm, name="Reporting")
    linking.link(connection=connection, record=remote("item", "Reporting"), local=(CODE, other.pk))
    page = text(admin.get(f"{SYNC}ours/{CODE}/{mine.pk}/?entity=item"))
    assert EMPTY in page
    assert taken.alike(connection=connection, entity="item", model=CODE, name="&") == []
