from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from bigtime.clients.models import Project
from bigtime.firm.models import Firm
from bigtime.timesheets import services
from bigtime.timesheets.models import Timesheet, TimesheetEvent
from bigtime.timesheets.refusals import NotAllowed, Refused, Stale
from tests.factories import FirmFactory

MONDAY = date(2026, 11, 16)
pytestmark = pytest.mark.django_db
People = Callable[..., Any]


def state() -> tuple[Any, ...]:
    sheets = Timesheet.objects.order_by("pk").values_list("status", "version", "note", "decided_by", "submitted_at")
    return list(sheets), list(TimesheetEvent.objects.values_list("pk"))


def refused(act: Callable[[], Any], kind: type[Refused] = Refused) -> str:
    before = state()
    with pytest.raises(kind) as caught:
        act()
    assert state() == before
    return caught.value.sentence


@pytest.fixture
def dmitri(person: People, project: Project) -> Any:
    """Dmitri has an hour in the week."""
    someone = person(name="Dmitri Volkov")
    someone.entry(project)
    return someone


@pytest.fixture
def submitted(dmitri: Any) -> Timesheet:
    return services.submit(by=dmitri.membership, staff=dmitri.staff, day=MONDAY)


def actions() -> list[str]:
    return list(TimesheetEvent.objects.values_list("action", flat=True))


def test_a_week_is_submitted_and_recalled(dmitri: Any, submitted: Timesheet) -> None:
    assert (submitted.status, submitted.submitted_at is not None) == ("submitted", True)
    recalled = services.recall(by=dmitri.membership, staff=dmitri.staff, day=MONDAY)
    assert (recalled.status, recalled.submitted_at) == ("draft", None)
    assert actions() == ["submitted", "recalled"]


def test_an_empty_sheet_is_not_submitted(person: People) -> None:
    ines = person()
    ines.sheet()
    sentence = refused(lambda: services.submit(by=ines.membership, staff=ines.staff, day=MONDAY))
    assert sentence == "There is no time in Nov 16 – 22, 2026 to submit."


def test_an_empty_week_makes_no_sheet(person: People) -> None:
    ines = person()
    assert refused(lambda: services.submit(by=ines.membership, staff=ines.staff, day=MONDAY))
    assert not Timesheet.objects.exists()


def test_a_second_submission_is_refused(dmitri: Any, submitted: Timesheet) -> None:
    sentence = refused(lambda: services.submit(by=dmitri.membership, staff=dmitri.staff, day=MONDAY))
    assert sentence == "Nov 16 – 22, 2026 is already submitted."


def test_required_notes_are_named(dmitri: Any, project: Project, firm: Firm) -> None:
    firm.require_notes = True
    firm.save()
    for day in (1, 2, 3):
        dmitri.entry(project, day)
    dmitri.entry(project, 4, note="Call")
    who = dmitri.membership
    who.firm = firm
    sentence = refused(lambda: services.submit(by=who, staff=dmitri.staff, day=MONDAY))
    assert sentence == (
        "Every time entry needs a note before it is submitted. Missing: Mon Nov 16 Website relaunch, "
        "Tue Nov 17 Website relaunch, Wed Nov 18 Website relaunch and 1 more."
    )


def test_a_manager_approves(dmitri: Any, submitted: Timesheet, person: People) -> None:
    chloe = person("manager")
    approved = services.approve(by=chloe.membership, sheet_id=submitted.pk, seen=submitted.version)
    assert (approved.status, approved.decided_by, approved.decided_at is not None) == (
        "approved",
        chloe.membership.user,
        True,
    )
    assert actions() == ["submitted", "approved"]


def test_a_rejection_needs_a_note_and_goes_back(dmitri: Any, submitted: Timesheet, person: People) -> None:
    chloe = person("manager")
    ask = {"by": chloe.membership, "sheet_id": submitted.pk, "seen": submitted.version}
    sentence = refused(lambda: services.reject(**ask, note="  "))
    assert sentence == "Say in the note what has to change; the person sees it on the timesheet."
    rejected = services.reject(**ask, note="Split Monday, please.")
    assert (rejected.status, rejected.note) == ("rejected", "Split Monday, please.")
    again = services.submit(by=dmitri.membership, staff=dmitri.staff, day=MONDAY)
    assert (again.status, again.note, again.decided_by) == ("submitted", "", None)


@pytest.mark.parametrize("act", ["approve", "reject"])
def test_a_decision_made_in_another_tab_is_told(dmitri: Any, submitted: Timesheet, person: People, act: str) -> None:
    chloe, aisha = person("manager", name="Chloe Martin"), person("accountant")
    services.approve(by=chloe.membership, sheet_id=submitted.pk, seen=submitted.version)
    more = {"note": "No"} if act == "reject" else {}
    sentence = refused(
        lambda: getattr(services, act)(by=aisha.membership, sheet_id=submitted.pk, seen=submitted.version, **more),
        Stale,
    )
    assert sentence == "Dmitri Volkov, Nov 16 – 22, 2026: It was already approved by Chloe. Nothing was changed."


def test_hours_changed_since_they_were_seen_are_not_approved(dmitri: Any, submitted: Timesheet, person: People) -> None:
    chloe = person("manager")
    services.recall(by=dmitri.membership, staff=dmitri.staff, day=MONDAY)
    services.submit(by=dmitri.membership, staff=dmitri.staff, day=MONDAY)
    sentence = refused(
        lambda: services.approve(by=chloe.membership, sheet_id=submitted.pk, seen=submitted.version), Stale
    )
    assert "was changed since you opened this page" in sentence


def test_a_recalled_sheet_is_not_approved(dmitri: Any, submitted: Timesheet, person: People) -> None:
    chloe = person("manager")
    services.recall(by=dmitri.membership, staff=dmitri.staff, day=MONDAY)
    assert refused(lambda: services.approve(by=chloe.membership, sheet_id=submitted.pk, seen=3), Stale)


@pytest.mark.parametrize(("role", "allowed"), [("manager", False), ("accountant", False), ("administrator", True)])
def test_nobody_approves_their_own_time_but_an_administrator(
    person: People, project: Project, role: str, allowed: bool
) -> None:
    someone = person(role)
    someone.entry(project)
    sheet = services.submit(by=someone.membership, staff=someone.staff, day=MONDAY)

    def approve() -> Timesheet:
        return services.approve(by=someone.membership, sheet_id=sheet.pk, seen=sheet.version)

    if allowed:
        assert approve().status == "approved"
    else:
        sentence = refused(approve, NotAllowed)
        assert sentence == "Nobody approves their own time but an administrator. Ask another manager to approve it."


def test_staff_and_other_firms_approve_nothing(dmitri: Any, submitted: Timesheet, person: People) -> None:
    for outsider in (person(), person("administrator", in_firm=FirmFactory.create())):
        ask = {"by": outsider.membership, "sheet_id": submitted.pk}
        assert refused(lambda ask=ask: services.approve(**ask, seen=submitted.version), NotAllowed)
        assert refused(lambda ask=ask: services.reject(**ask, seen=submitted.version, note="No"), NotAllowed)
        assert refused(lambda ask=ask: services.reopen(**ask), NotAllowed)


def test_a_manager_with_reports_decides_only_theirs(dmitri: Any, submitted: Timesheet, person: People) -> None:
    chloe, ines = person("manager"), person()
    ines.staff.manager = chloe.staff
    ines.staff.save()
    assert refused(
        lambda: services.approve(by=chloe.membership, sheet_id=submitted.pk, seen=submitted.version), NotAllowed
    )


def test_an_approval_is_taken_back(dmitri: Any, submitted: Timesheet, person: People) -> None:
    chloe = person("manager")
    services.approve(by=chloe.membership, sheet_id=submitted.pk, seen=submitted.version)
    assert refused(lambda: services.recall(by=dmitri.membership, staff=dmitri.staff, day=MONDAY))
    reopened = services.reopen(by=chloe.membership, sheet_id=submitted.pk, note="Wrong project")
    assert (reopened.status, reopened.decided_by) == ("submitted", None)
    assert actions() == ["submitted", "approved", "reopened"]
    assert refused(lambda: services.reopen(by=chloe.membership, sheet_id=submitted.pk), Stale)


def test_a_locked_period_is_not_recalled(dmitri: Any, firm: Firm, project: Project) -> None:
    dmitri.entry(project, -14)
    services.submit(by=dmitri.membership, staff=dmitri.staff, day=date(2026, 11, 2))
    firm.grace_days = 0
    firm.save()
    dmitri.membership.firm = firm
    sentence = refused(lambda: services.recall(by=dmitri.membership, staff=dmitri.staff, day=date(2026, 11, 2)))
    assert sentence.startswith("Nov 2 – 8, 2026 has been locked since Mon Nov 9.")


def test_many_are_approved_and_the_rest_is_named(
    dmitri: Any, submitted: Timesheet, person: People, project: Project
) -> None:
    ines, chloe = person(name="Ines Almeida"), person("manager")
    ines.entry(project)
    other = services.submit(by=ines.membership, staff=ines.staff, day=MONDAY)
    decided = services.approve_many(
        by=chloe.membership, sheets=[(submitted.pk, submitted.version), (other.pk, 0), (10**9, 1)]
    )
    assert [sheet.pk for sheet in decided.approved] == [submitted.pk]
    assert decided.refused == [
        "Ines Almeida, Nov 16 – 22, 2026 was changed since you opened this page. Look at it again before you decide.",
        "That timesheet isn't there any more.",
    ]
