"""Sixteen weeks of plausible time: the same for the same day, whoever runs it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

from bigtime.clients.models import Project, Task
from bigtime.codes.models import LaborCode
from bigtime.staff.models import Staff
from bigtime.timesheets.models import TimeEntry, Timesheet

from .demo_lists import NOTES, REJECTION, Person

WEEKS = 16
DRAFT, SUBMITTED, APPROVED, REJECTED = "draft", "submitted", "approved", "rejected"
# How last week ended, by the person's place in the list; everybody else's is approved.
LAST_WEEK = {2: SUBMITTED, 4: SUBMITTED, 6: REJECTED, 7: SUBMITTED, 8: SUBMITTED, 10: DRAFT, 11: SUBMITTED}


@dataclass(frozen=True, slots=True)
class Work:
    """What a person works with: their record, and the projects and codes they book on."""

    person: Person
    staff: Staff
    projects: list[Project]
    codes: list[LaborCode]
    tasks: dict[int, list[Task]]


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def status_of(week: int, place: int) -> str:
    """`week` is 0 for the current week and counts backwards."""
    if week == 0:
        return DRAFT
    return LAST_WEEK.get(place, APPROVED) if week == 1 else APPROVED


def sheets(firm: Any, work: list[Work], today: date, approver: Any) -> Iterator[Timesheet]:
    """One unsaved timesheet for each person and week; submitted on the Friday, decided on the Monday after."""
    for place, one in enumerate(work):
        for week in range(WEEKS):
            start = monday(today) - timedelta(weeks=week)
            status = status_of(week, place)
            decided = status in (APPROVED, REJECTED)
            yield Timesheet(
                firm=firm,
                staff=one.staff,
                starts_on=start,
                ends_on=start + timedelta(days=6),
                status=status,
                submitted_at=_at(start + timedelta(days=4), 17) if status != DRAFT else None,
                decided_at=_at(start + timedelta(days=7), 9) if decided else None,
                decided_by=approver if decided else None,
                note=REJECTION if status == REJECTED else "",
            )


def entries(work: list[Work], timesheets: dict[tuple[int, date], Timesheet], today: date) -> Iterator[TimeEntry]:
    for place, one in enumerate(work):
        random = Random(one.person.name)  # noqa: S311 - plausible, not secret
        for week in reversed(range(WEEKS)):
            start = monday(today) - timedelta(weeks=week)
            favourites = random.sample(one.projects, min(3, len(one.projects)))
            away = random.random() < 0.05 and week > 0
            for weekday in range(5):
                parts = _parts(random, one.person.week_hours * 12)
                day = start + timedelta(days=weekday)
                if not away and day <= today and not (week == 1 and place == 10 and weekday > 2):
                    yield from _day(random, one, timesheets[one.staff.pk, start], day, favourites, parts)


def _parts(random: Random, target: int) -> list[int]:
    """A day's minutes, near `target`, in two or three pieces of whole quarter hours."""
    total = max(60, target + random.choice((-45, -30, 0, 0, 0, 15, 30)))
    first = int(total * random.choice((0.35, 0.5, 0.6))) // 15 * 15
    if total - first > 180 and random.random() < 0.5:
        second = (total - first) // 30 * 15
        return [first, second, (total - first - second) // 15 * 15]
    return [first, (total - first) // 15 * 15]


def _day(
    random: Random, one: Work, sheet: Timesheet, day: date, projects: list[Project], parts: list[int]
) -> Iterator[TimeEntry]:
    seen: set[tuple[int, int | None, int]] = set()
    for minutes in parts:
        project, code = random.choice(projects), random.choices(one.codes, [6, 3, 2, 1][: len(one.codes)])[0]
        task = random.choice([*one.tasks.get(project.pk, []), None])
        note = random.choice(NOTES)
        cell = (project.pk, task.pk if task else None, code.pk)
        if cell in seen or minutes <= 0:
            continue
        seen.add(cell)
        yield TimeEntry(
            firm_id=sheet.firm_id, timesheet=sheet, staff=one.staff, project=project, task=task, labor_code=code,
            tracking_class_id=project.tracking_class_id, work_date=day, minutes=minutes, note=note,
            is_billable=project.is_billable and code.is_billable,
        )  # fmt: skip


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), UTC) + timedelta(hours=8)
