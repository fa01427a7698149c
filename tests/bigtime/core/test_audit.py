"""The audit: every way of writing is seen, with who, old and new; and it can't be edited."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test import Client

from bigtime.clients.models import Project
from bigtime.codes.models import LaborCode
from bigtime.core.audit import acting
from bigtime.core.models import AuditEntry
from bigtime.firm.models import Firm
from bigtime.staff.models import Staff
from bigtime.timesheets.models import TimeEntry
from integrations.models import Link
from integrations.sync.copying import copy_in
from tests.factories import (
    ConnectionFactory,
    LaborCodeFactory,
    ProjectFactory,
    RemoteRecordFactory,
    StaffFactory,
    TimeEntryFactory,
    TimesheetFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def entries(model: str) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    found = AuditEntry.objects.filter(model=model).order_by("id")
    return [(each.action, each.before, each.after) for each in found]


def test_an_update_keeps_old_and_new_of_what_changed_and_who(firm: Firm) -> None:
    user, staff = UserFactory.create(), StaffFactory.create(firm=firm, bill_rate="100.00", cost_rate=None)
    with acting(user=user.pk, source="POST /company/staff/7/edit/"):
        Staff.objects.filter(pk=staff.pk).update(bill_rate="120.50", cost_rate="60.00")
    entry = AuditEntry.objects.get(model="staff.staff", action="changed")
    assert (entry.firm, entry.object_id, entry.by, entry.source) == (
        firm, staff.pk, user, "POST /company/staff/7/edit/",
    )  # fmt: skip
    assert entry.before == {"bill_rate": 100.00}
    assert entry.after == {"bill_rate": 120.5, "cost_rate": 60.0}


def test_what_changes_nothing_is_no_entry(firm: Firm) -> None:
    code = LaborCodeFactory.create(firm=firm)
    before = AuditEntry.objects.count()
    code.save()
    LaborCode.objects.update(name=code.name)
    assert AuditEntry.objects.count() == before


def test_every_row_of_a_bulk_write_is_seen(firm: Firm) -> None:
    LaborCode.objects.bulk_create(LaborCode(firm=firm, name=f"Code {n}", rate=n) for n in range(40))
    assert len(entries("codes.laborcode")) == 40
    codes = list(LaborCode.objects.order_by("pk"))
    for code in codes:
        code.rate = (code.rate or 0) + 1
    LaborCode.objects.bulk_update(codes, ["rate"])
    again = [LaborCode(pk=code.pk, firm=firm, name=code.name, rate=7) for code in codes]
    LaborCode.objects.bulk_create(again, update_conflicts=True, unique_fields=["id"], update_fields=["rate"])
    changes = [after for action, _, after in entries("codes.laborcode") if action == "changed"]
    assert [after["rate"] for after in changes[:40]] == list(range(1, 41))
    # One of them had that rate already.
    assert changes[40:] == [{"rate": 7}] * 39
    LaborCode.objects.all().delete()
    assert [action for action, _, _ in entries("codes.laborcode")].count("deleted") == 40


def test_rows_that_come_by_copy_are_seen(firm: Firm) -> None:
    books = ConnectionFactory.create(firm=firm)
    remotes = [RemoteRecordFactory.create(connection=books) for _ in range(3)]
    columns = [
        "connection_id",
        "entity",
        "remote_id",
        "local_model",
        "local_id",
        "state",
        "is_active",
        "how",
        "created_at",
    ]
    rows = [
        (books.pk, "customer", r.pk, "clients.client", r.pk, "linked", True, "name", "2026-11-01Z") for r in remotes
    ]
    copy_in(Link, columns, rows)
    found = AuditEntry.objects.filter(model="integrations.link")
    assert {(each.firm, each.after["remote_id"]) for each in found} == {(firm, remote.pk) for remote in remotes}


def test_time_tells_what_was_and_what_is(firm: Firm) -> None:
    entry = TimeEntryFactory.create(
        timesheet=TimesheetFactory.create(firm=firm), minutes=60, work_date=date(2026, 11, 3)
    )
    TimeEntry.objects.filter(pk=entry.pk).update(minutes=90, version=5)
    TimeEntry.objects.filter(pk=entry.pk).update(lock="posting", version=6)
    TimeEntry.objects.filter(pk=entry.pk).update(lock="")
    entry.delete()
    found = entries("timesheets.timeentry")
    assert [(action, before.get("minutes"), after.get("minutes")) for action, before, after in found] == [
        ("created", None, 60), ("changed", 60, 90), ("deleted", 90, None),
    ]  # fmt: skip


def test_projects_are_audited_from_their_first_change(firm: Firm) -> None:
    project = ProjectFactory.create(firm=firm, is_billable=True)
    assert entries("clients.project") == []
    Project.objects.filter(pk=project.pk).update(is_billable=False)
    assert entries("clients.project") == [("changed", {"is_billable": True}, {"is_billable": False})]


@pytest.mark.parametrize("statement", ["UPDATE core_auditentry SET by_id = 1", "DELETE FROM core_auditentry"])
def test_nobody_edits_the_audit_not_even_by_sql(firm: Firm, statement: str) -> None:
    assert AuditEntry.objects.exists()
    before = list(AuditEntry.objects.values())
    refusal = "Cannot update or delete rows from core_auditentry"
    with pytest.raises(ProgrammingError, match=refusal), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert list(AuditEntry.objects.values()) == before


def test_a_firm_can_go_and_its_audit_stays(firm: Firm) -> None:
    Firm.objects.filter(pk=firm.pk).delete()
    assert entries("firm.firm")[-1][0] == "deleted"


def test_a_request_says_who_and_by_which_address(signed_in: Callable[..., Client], firm: Firm) -> None:
    browser = signed_in("administrator")
    code = LaborCodeFactory.create(firm=firm, rate="80.00")
    browser.post("/company/codes/state/", {"pk": code.pk, "to": "archived"})
    entry = AuditEntry.objects.get(model="codes.laborcode", action="changed")
    assert (entry.by, entry.source) == (browser.membership.user, "POST /company/codes/state/")  # type: ignore[attr-defined]
    assert (entry.before, entry.after) == ({"is_active": True}, {"is_active": False})


def test_sql_with_a_percent_sign_and_names_with_quotes_are_left_as_they_are(firm: Firm) -> None:
    code = LaborCodeFactory.create(firm=firm, name="It's 100%", rate="10.00")
    with acting(user=None, source="it's 100 % of %s"), connection.cursor() as cursor:
        cursor.execute("UPDATE codes_laborcode SET rate = 10 % 7")
        cursor.execute("UPDATE codes_laborcode SET name = name || '%%' WHERE id = %s", [code.pk])
        assert cursor.rowcount == 1
        columns = "firm_id, name, description, is_billable, is_active, created_at, updated_at"
        values = "%s, 'New', '', true, true, now(), now()"
        cursor.execute(f"INSERT INTO codes_laborcode ({columns}) VALUES ({values}) RETURNING name", [firm.pk])
        assert cursor.fetchone() == ("New",)
    found = AuditEntry.objects.filter(model="codes.laborcode", source="it's 100 % of %s").order_by("id")
    assert [(each.by, each.after) for each in found][:2] == [(None, {"rate": 3}), (None, {"name": "It's 100%%"})]
    assert found.count() == 3


def test_who_acts_inside_another_is_said_and_then_the_first_again(firm: Firm) -> None:
    code = LaborCodeFactory.create(firm=firm, rate="1.00")
    with acting(user=None, source="outer"):
        with acting(user=None, source="inner"):
            LaborCode.objects.filter(pk=code.pk).update(rate=2)
        LaborCode.objects.filter(pk=code.pk).update(rate=3)
    changes = AuditEntry.objects.filter(model="codes.laborcode", action="changed").order_by("id")
    assert list(changes.values_list("source", flat=True)) == ["inner", "outer"]
