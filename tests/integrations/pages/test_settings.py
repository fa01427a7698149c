"""The settings of both editions are one page: what an edition lacks is told in its place."""

from __future__ import annotations

from dataclasses import fields

import pytest
from django.test import Client

from bigtime.firm.models import Firm
from integrations import registry
from integrations.models import Connection, RemoteRecord
from integrations.options import Options
from integrations.views.setting_forms import TABS
from tests.factories.books import ConnectionFactory, RemoteRecordFactory

from .conftest import said, text

GENERAL, TIME = "/company/integrations/settings/", "/company/integrations/settings/time/"
GENERAL_SENT = {
    "enable_updates": "on", "use_jobs": "on", "inactive_job_status": "", "class_use": "required",
    "class_source": "task", "check_minutes": "60",
}  # fmt: skip
TIME_SENT = {"billable": "as_entered", "post_class": "on", "payroll_way": "row"}


@pytest.fixture
def desktop(firm: Firm) -> Connection:
    return ConnectionFactory.create(  # type: ignore[no-any-return]
        firm=firm, system="quickbooks_desktop", company_name="Northwind.qbw", options={"check_minutes": 0, "later": 1}
    )


def names(answer: object) -> set[str]:
    return set(answer.context["form"].fields)  # type: ignore[attr-defined]


def test_both_editions_have_the_same_tabs_and_say_what_they_lack(admin: Client, connection: Connection) -> None:
    online = [admin.get(GENERAL), admin.get(TIME)]
    Connection.objects.update(system="quickbooks_desktop")
    desktop = [admin.get(GENERAL), admin.get(TIME)]
    assert names(online[0]) - names(desktop[0]) == {"check_minutes"}
    assert names(desktop[1]) - names(online[1]) == {"payroll_way"}
    assert "QuickBooks Online has no list of them in its public API" in text(online[1])
    assert "the Sync Agent decides" in text(desktop[0])
    assert "takes the service’s price" in text(desktop[1])
    assert "takes the service’s price" not in text(online[1])


def test_what_an_edition_lacks_or_has_otherwise_is_an_option() -> None:
    known = {name for tab in TABS for name in tab.base_fields}
    for system in registry.installed():
        assert (set(system.absent) | set(system.differs)) - known == set()
        assert set(system.absent) & set(system.differs) == set()


def test_every_option_has_one_field() -> None:
    shown = [name for tab in TABS for name in tab.base_fields if name not in tab.of_firm]
    assert sorted(shown) == sorted(each.name for each in fields(Options))


def test_desktop_settings_are_stored_where_they_belong(admin: Client, desktop: Connection, firm: Firm) -> None:
    assert said(admin.post(GENERAL, GENERAL_SENT, follow=True)) == ["The settings were saved."]
    assert said(admin.post(TIME, TIME_SENT, follow=True)) == ["The settings were saved."]
    desktop.refresh_from_db()
    firm.refresh_from_db()
    assert Options.of(desktop) == Options(
        use_jobs=True, inactive_job_status="", require_approval=False, billable="as_entered", post_class=True,
        marker=False, check_minutes=0,
    )  # fmt: skip
    assert desktop.options["later"] == 1
    assert (firm.class_use, firm.class_source, firm.payroll_way) == ("required", "task", "row")
    shown = text(admin.get("/company/integrations/settings/time/"))
    assert '<option value="row" selected>' in shown


def test_online_keeps_its_own_pace_and_no_payroll_way(admin: Client, connection: Connection, firm: Firm) -> None:
    admin.post(GENERAL, GENERAL_SENT)
    admin.post(TIME, TIME_SENT)
    connection.refresh_from_db()
    firm.refresh_from_db()
    assert Options.of(connection).check_minutes == 60
    assert firm.payroll_way == "person"


@pytest.mark.parametrize(
    ("address", "sent"),
    [
        (GENERAL, {**GENERAL_SENT, "class_use": "sometimes"}),
        (GENERAL, {**GENERAL_SENT, "inactive_job_status": "active"}),
        (GENERAL, {**GENERAL_SENT, "check_minutes": "1"}),
        (TIME, {**TIME_SENT, "billable": "always"}),
    ],
)
def test_what_cannot_be_chosen_changes_nothing(
    admin: Client, connection: Connection, firm: Firm, address: str, sent: dict[str, str]
) -> None:
    answer = admin.post(address, sent)
    assert answer.status_code == 422
    assert "is not one of the available choices" in text(answer)
    connection.refresh_from_db()
    firm.refresh_from_db()
    assert (Options.of(connection), firm.class_use) == (Options(), "off")


def test_another_rule_for_jobs_brings_customers_over_anew(admin: Client, connection: Connection) -> None:
    RemoteRecordFactory.create(connection=connection, entity="customer", pending=False)
    item = RemoteRecordFactory.create(connection=connection, entity="item", pending=False)
    sent = {name: value for name, value in GENERAL_SENT.items() if name != "use_jobs"}
    assert said(admin.post(GENERAL, sent, follow=True)) == [
        "The settings were saved. Customers and jobs follow with the next sync."
    ]
    assert list(RemoteRecord.objects.filter(pending=False)) == [item]
    assert said(admin.post(GENERAL, sent, follow=True)) == ["The settings were saved."]


def test_updates_switched_off_and_on_again(admin: Client, connection: Connection) -> None:
    RemoteRecordFactory.create(connection=connection, entity="customer", pending=False)
    off = {name: value for name, value in GENERAL_SENT.items() if name != "enable_updates"}
    assert said(admin.post(GENERAL, off, follow=True)) == ["The settings were saved."]
    connection.refresh_from_db()
    assert Options.of(connection) == Options(enable_updates=False, check_minutes=60)
    RemoteRecord.objects.update(pending=False)
    on_again = ["The settings were saved. Customers and jobs follow with the next sync."]
    assert said(admin.post(GENERAL, GENERAL_SENT, follow=True)) == on_again
    connection.refresh_from_db()
    assert Options.of(connection) == Options(check_minutes=60)
    assert RemoteRecord.objects.get().pending is True


def test_switched_off_in_the_books_is_said(admin: Client, connection: Connection) -> None:
    assert "Class tracking is switched off" not in text(admin.get(GENERAL))
    connection.facts = {"classes": False}
    connection.save()
    assert "Class tracking is switched off in these books" in text(admin.get(GENERAL))


def test_disabled_books_can_still_be_set_and_unknown_tabs_are_not_there(admin: Client, connection: Connection) -> None:
    connection.status = Connection.Status.DISABLED
    connection.save()
    assert admin.get(GENERAL).status_code == 200
    assert admin.get("/company/integrations/settings/elsewhere/").status_code == 404
    Connection.objects.all().delete()
    assert "form" not in (admin.get(GENERAL).context or {})


def test_the_pages_of_both_editions_lead_there(admin: Client, connection: Connection) -> None:
    assert f'href="{GENERAL}"' in text(admin.get("/company/integrations/quickbooks-online/"))


def test_a_page_left_open_saves_nothing_over_what_was_saved_since(admin: Client, connection: Connection) -> None:
    shown = admin.get(GENERAL).context["form"].shown
    assert f'name="shown" value="{shown}"' in admin.get(GENERAL).content.decode()
    first = admin.post(GENERAL, GENERAL_SENT | {"shown": shown}, follow=True)
    assert said(first) == ["The settings were saved."]
    second = admin.post(GENERAL, GENERAL_SENT | {"shown": shown, "check_minutes": "5"}, follow=True)
    assert "these settings were saved elsewhere" in said(second)[0]
    connection.refresh_from_db()
    assert Options.of(connection).check_minutes == 60


def test_a_page_of_the_former_company_saves_nothing_for_the_new_one(
    admin: Client, connection: Connection, firm: Firm
) -> None:
    shown = admin.get(GENERAL).context["form"].shown
    Connection.objects.update(status="disabled")
    other = ConnectionFactory.create(firm=firm, company_name="Harbor Street Bakery")
    off = {name: value for name, value in GENERAL_SENT.items() if name != "enable_updates"}
    answer = admin.post(GENERAL, off | {"shown": shown}, follow=True)
    assert said(answer)[0].endswith("Nothing was saved now: these are the settings of Harbor Street Bakery.")
    other.refresh_from_db()
    assert Options.of(other) == Options()
