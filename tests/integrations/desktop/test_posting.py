"""Approved time goes into the company file once, whatever is cut, lost or told twice."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from bigtime.clients.models import Project
from bigtime.codes.models import LaborCode
from bigtime.staff.models import Staff
from bigtime.timesheets.models import TimeEntry, Timesheet
from integrations.models import Carrier, Exchange, Operation, OperationEvent, RemoteRecord
from integrations.quickbooks.desktop import services
from integrations.quickbooks.desktop.models import Agent, Session
from integrations.sync import markers, outbox, readiness
from integrations.sync.outbox import Record

from .conftest import Office

MONDAY = date(2026, 11, 16)


class Posting:
    """Synced books, and time to go into them."""

    def __init__(self, office: Office) -> None:
        self.office = office
        file = office.file
        acme = file.add("Customer", Name="Acme")
        file.add("Customer", Name="Website", ParentRef={"ListID": acme})
        file.add("Employee", FirstName="Maya", LastName="Okafor")
        income = file.add("Account", Name="Fees", AccountType="Income")
        file.add(
            "ItemService", Name="Posted work", SalesOrPurchase={"Price": "150.00", "AccountRef": {"ListID": income}}
        )
        office.sync()
        self.staff, self.project = Staff.objects.get(name="Maya Okafor"), Project.objects.get(name="Website")
        self.code = LaborCode.objects.get(name="Posted work")

    def entries(self, number: int, **values: Any) -> list[TimeEntry]:
        """`after`: how many there are already, so that they don't meet."""
        made = []
        for index in range(values.get("after", 0), values.get("after", 0) + number):
            day = MONDAY + timedelta(days=7 * (index // 5) + index % 5)
            week = day - timedelta(days=day.weekday())
            sheet, _ = Timesheet.objects.get_or_create(
                firm=self.office.firm, staff=self.staff, starts_on=week,
                defaults={"ends_on": week + timedelta(days=6), "status": Timesheet.Status.APPROVED},
            )  # fmt: skip
            made.append(
                TimeEntry(
                    firm=self.office.firm, timesheet=sheet, staff=self.staff, project=self.project,
                    labor_code=self.code, is_billable=True, work_date=day, minutes=30 + index,
                    note=values.get("note", f"Work {index}"),
                )
            )  # fmt: skip
        return TimeEntry.objects.bulk_create(made)

    def push(self, entries: list[TimeEntry]) -> list[Operation]:
        records = [Record("timesheets.timeentry", each.pk, f"{each.work_date}") for each in entries]
        return outbox.push(connection=self.office.connection, entity="time_entry", records=records, by=None)

    def states(self) -> Counter[str]:
        return Counter(Operation.objects.values_list("state", flat=True))

    def markers(self) -> Counter[str]:
        """By marker, how often the company file's journal saw it added."""
        rows = self.office.file.dump("TimeTracking")
        return Counter(markers.find(each.get("Notes", "")) for each in rows)


@pytest.fixture
def posting(office: Office) -> Posting:
    return Posting(office)


def test_an_entry_arrives_as_it_is_here(posting: Posting) -> None:
    [entry] = posting.entries(1, note="Café “plans”\n& more")
    [operation] = posting.push([entry])
    assert posting.office.connector.visit() == 100
    operation.refresh_from_db()
    [row] = posting.office.file.dump("TimeTracking")
    assert (operation.state, operation.remote_id, operation.remote_version) == (
        "posted", row["TxnID"], row["EditSequence"],
    )  # fmt: skip
    assert row["Duration"] == "PT0H30M"
    assert row["Notes"].splitlines() == ['Café "plans"', "& more", f"~{operation.marker}"]
    assert row["BillableStatus"] == "NotBillable"
    assert (row["EntityRef"]["FullName"], row["CustomerRef"]["FullName"]) == ("Maya Okafor", "Acme:Website")
    entry.refresh_from_db()
    assert entry.lock == "posted"


def test_a_hundred_go_in_one_message_set(posting: Posting) -> None:
    posting.push(posting.entries(103))
    before = posting.office.connector.rounds
    assert posting.office.connector.visit() == 100
    assert posting.states() == {"posted": 103}
    assert set(posting.markers().values()) == {1}
    sets = list(Exchange.objects.filter(path="post").order_by("pk").values_list("request", flat=True))
    ids = [re.findall(r'(new|old)MessageSetID="(\w+)"', text) for text in sets]
    # The second set lets QuickBooks forget the first one, whose answer was taken.
    assert ids == [[("new", ids[0][0][1])], [("new", ids[1][0][1]), ("old", ids[0][0][1])]]
    # A look whether something of ours is there already, and two message sets.
    assert posting.office.connector.rounds - before == 3


def test_an_answer_that_never_arrives_is_asked_for_and_nothing_goes_twice(posting: Posting) -> None:
    posting.push(posting.entries(4))
    assert posting.office.connector.visit(lose=1) < 100
    assert posting.states() == {"sending": 4}
    assert posting.office.connector.visit() == 100
    assert posting.states() == {"posted": 4}
    assert set(Operation.objects.values_list("via", flat=True)) == {"replay"}
    words = "4 entries sent before were found in QuickBooks and count as posted."
    assert Session.objects.latest("pk").summary == words
    assert sorted(posting.markers().values()) == [1, 1, 1, 1]


def test_an_answer_lost_after_saving_is_found(posting: Posting) -> None:
    posting.push(posting.entries(3))
    posting.office.file.conditions(answer_lost_after_save=1)
    # The look before the first message set is answered; the lost one is whichever writes.
    while posting.office.connector.visit() != 100:
        assert posting.states()["ready"] in (0, 3)
    assert posting.states() == {"posted": 3}
    [told] = Session.objects.filter(summary__contains="sent before").values_list("summary", flat=True)
    assert told == "3 entries sent before were found in QuickBooks and count as posted."
    assert sorted(posting.markers().values()) == [1, 1, 1]


def test_quickbooks_closing_in_the_middle_posts_each_once(posting: Posting) -> None:
    posting.push(posting.entries(5))
    posting.office.file.conditions(quits_mid_session=1, quits_after=2)
    for _ in range(6):
        if posting.office.connector.visit() == 100:
            break
    assert posting.states() == {"posted": 5}
    assert sorted(posting.markers().values()) == [1, 1, 1, 1, 1]


def test_a_message_that_never_reached_quickbooks_goes_again_after_a_look(posting: Posting) -> None:
    posting.push(posting.entries(2))
    connector = posting.office.connector
    soap = connector.soap
    ticket, _ = connector.sign_in()
    texts = []
    session = connector._open("")
    for _ in range(3):
        [text] = soap.call("sendRequestXML", ticket=ticket, strHCPResponse="", strCompanyFileName="")
        texts.append(text)
        if "TimeTrackingAdd" in text:
            break
        answer, hresult, message = connector._process(session, text)
        soap.call("receiveResponseXML", ticket=ticket, response=answer, hresult=hresult, message=message)
    connector._close(session)
    assert "TimeTrackingAdd" in texts[-1]
    assert posting.states() == {"sending": 2}
    assert connector.visit() == 100
    assert posting.states() == {"posted": 2}
    assert sorted(posting.markers().values()) == [1, 1]


def test_asking_twice_for_a_write_gives_the_question_what_became_of_it(posting: Posting) -> None:
    posting.push(posting.entries(1))
    connector = posting.office.connector
    soap = connector.soap
    ticket, _ = connector.sign_in()
    session = connector._open("")
    text = ""
    while "TimeTrackingAdd" not in text:
        [text] = soap.call("sendRequestXML", ticket=ticket, strHCPResponse="", strCompanyFileName="")
        if "TimeTrackingAdd" not in text:
            answer, _, _ = connector._process(session, text)
            soap.call("receiveResponseXML", ticket=ticket, response=answer, hresult="", message="")
    [again] = soap.call("sendRequestXML", ticket=ticket, strHCPResponse="", strCompanyFileName="")
    assert "oldMessageSetID" in again
    assert "TimeTrackingAdd" not in again
    connector._close(session)


def test_the_same_answer_twice_is_taken_once(posting: Posting) -> None:
    posting.push(posting.entries(2))
    connector = posting.office.connector
    soap = connector.soap
    ticket, _ = connector.sign_in()
    session = connector._open("")
    percent = 0
    while percent < 100:
        [text] = soap.call("sendRequestXML", ticket=ticket, strHCPResponse="", strCompanyFileName="")
        answer, _, _ = connector._process(session, text)
        said = [
            soap.call("receiveResponseXML", ticket=ticket, response=answer, hresult="", message="") for _ in range(3)
        ]
        assert said[0] == said[1] == said[2]
        percent = int(said[0][0])
    connector._close(session)
    assert posting.states() == {"posted": 2}
    assert OperationEvent.objects.filter(to_state="posted").count() == 2


def test_another_computer_that_takes_over_waits_and_posts_once(posting: Posting, settings: Any) -> None:
    posting.push(posting.entries(2))
    assert posting.office.connector.visit(lose=1) < 100
    other = posting.office.another("Back office")
    assert other.visit() == 0
    services.take_over(agent=Agent.objects.get(username=other.username))
    assert other.visit() == 100
    # What QuickBooks remembers of the message is for the program, not the computer: its answer is enough.
    assert posting.states() == {"posted": 2}
    assert posting.office.connector.visit() == 0
    assert sorted(posting.markers().values()) == [1, 1]


def test_one_that_quickbooks_refuses_fails_alone(posting: Posting) -> None:
    entries = posting.entries(3)
    row = next(each for each in posting.office.file.dump("Customer") if each["Name"] == "Website")
    other = posting.office.file.add("Customer", Name="Old job", ParentRef={"ListID": row["ParentRef"]["ListID"]})
    posting.office.sync()
    job = Project.objects.get(name="Old job")
    TimeEntry.objects.filter(pk=entries[1].pk).update(project=job)
    operations = posting.push(entries)
    posting.office.file.delete("Customer", ListID=other)
    assert posting.office.connector.visit() == 100
    states = {each.pk: each.state for each in Operation.objects.all()}
    assert [states[each.pk] for each in operations] == ["posted", "blocked_mapping", "posted"]
    refused = Operation.objects.get(pk=operations[1].pk)
    assert refused.error_code in {"3140", "inactive"}
    assert refused.error_text


def test_books_restored_from_a_backup_are_looked_through_first(posting: Posting) -> None:
    """What BigTime's database forgot is recognised by its marker before anything is sent."""
    posting.push(posting.entries(2))
    assert posting.office.connector.visit() == 100
    # As a database restored from before the posting: the operations are queued again, nothing is known of their end.
    Operation.objects.update(
        state="ready", remote_id="", remote_created_at=None, payload=None, carrier=None, position="", attempts=0
    )
    Carrier.objects.all().delete()
    assert posting.office.connector.visit() == 100
    assert posting.states() == {"posted": 2}
    assert set(Operation.objects.values_list("via", flat=True)) == {"query"}
    assert sorted(posting.markers().values()) == [1, 1]


def test_who_is_paid_by_the_hour_needs_a_payroll_item(posting: Posting) -> None:
    [entry] = posting.entries(1)
    employee = RemoteRecord.objects.get(entity="employee", name="Maya Okafor")
    employee.data["EmployeePayrollInfo"] = {"UseTimeDataToCreatePaychecks": "UseTimeData"}
    employee.save()
    [operation] = posting.push([entry])
    assert posting.office.connector.visit() == 100
    operation.refresh_from_db()
    assert (operation.state, operation.error_code) == ("blocked_mapping", "no_payroll_item")
    employee.data["EmployeePayrollInfo"]["Earnings"] = [{"PayrollItemWageRef": {"ListID": "80000002-1"}}]
    employee.save()
    document = readiness.check(posting.office.connection, "time_entry", [entry.pk])[entry.pk].document
    assert document is not None
    assert document["PayrollItemWageRef"] == {"ListID": "80000002-1"}


def test_an_answer_to_an_earlier_message_is_passed_over(posting: Posting) -> None:
    posting.push(posting.entries(101))
    connector = posting.office.connector
    soap = connector.soap
    ticket, _ = connector.sign_in()
    session = connector._open("")
    answers: list[str] = []
    for _ in range(4):
        [text] = soap.call("sendRequestXML", ticket=ticket, strHCPResponse="", strCompanyFileName="")
        answer, _, _ = connector._process(session, text)
        for former in answers:
            soap.call("receiveResponseXML", ticket=ticket, response=former, hresult="", message="")
        [percent] = soap.call("receiveResponseXML", ticket=ticket, response=answer, hresult="", message="")
        answers.append(answer)
    connector._close(session)
    assert percent == "100"
    assert posting.states() == {"posted": 101}
    remote = Operation.objects.values_list("remote_id", flat=True)
    assert len(set(remote)) == 101
    by_id = {row["TxnID"]: markers.find(row["Notes"]) for row in posting.office.file.dump("TimeTracking")}
    assert all(by_id[each.remote_id] == each.marker for each in Operation.objects.all())


def test_a_message_set_costs_the_same_statements_whatever_its_size(posting: Posting) -> None:
    """Counted, since a hundred entries share what one call costs."""
    counted = []
    # The first one also signs the connection as this installation's.
    for number, after in ((1, 0), (5, 1), (60, 6)):
        posting.push(posting.entries(number, after=after))
        connector = posting.office.connector
        ticket, _ = connector.sign_in()
        session = connector._open("")
        text, percent = "", "0"
        while percent != "100":
            with CaptureQueriesContext(database) as sending:
                [text] = connector.soap.call("sendRequestXML", ticket=ticket, strHCPResponse="", strCompanyFileName="")
            answer, _, _ = connector._process(session, text)
            with CaptureQueriesContext(database) as taking:
                [percent] = connector.soap.call(
                    "receiveResponseXML", ticket=ticket, response=answer, hresult="", message=""
                )
            if "TimeTrackingAdd" in text:
                counted.append((len(sending), len(taking)))
        connector.soap.call("closeConnection", ticket=ticket)
        connector._close(session)
    assert posting.states() == {"posted": 66}
    assert counted[1] == counted[2] == (15, 15)
