"""The schedule, to the minute."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sync_agent.schedule import MINUTES, Schedule

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def intervals(schedule: Schedule, findings: list[bool], now: datetime = NOON) -> list[int]:
    """Minutes between a check and the next, when each check is made on time and finds what is listed."""
    found = []
    for changes in findings:
        schedule = schedule.after_check(now, changes=changes)
        assert schedule.next_check is not None
        found.append(int((schedule.next_check - now) / timedelta(minutes=1)))
        now = schedule.next_check
    return found


def test_without_changes_the_interval_doubles_to_four_hours_and_starts_over() -> None:
    assert intervals(Schedule(), [False] * 10) == [4, 8, 16, 32, 64, 128, 240, 4, 8, 16]


def test_changes_return_it_to_four_minutes() -> None:
    assert intervals(Schedule(), [False, False, False, True, False, True]) == [4, 8, 16, 4, 8, 4]


def test_a_new_schedule_is_due_at_once() -> None:
    assert Schedule().is_due(NOON)


def test_it_is_due_from_the_very_moment_on() -> None:
    schedule = Schedule().after_check(NOON, changes=False)

    assert not schedule.is_due(NOON + timedelta(minutes=4) - timedelta(microseconds=1))
    assert schedule.is_due(NOON + timedelta(minutes=4))
    assert schedule.is_due(NOON + timedelta(days=3))


def test_sync_now_starts_the_cycle_over() -> None:
    schedule = Schedule(step=5, next_check=NOON + timedelta(hours=2)).after_sync_now(NOON)

    assert schedule.next_check == NOON + timedelta(minutes=4)
    assert intervals(schedule, [False, False]) == [8, 16]


def test_a_failure_keeps_the_interval() -> None:
    schedule = Schedule(step=2, next_check=NOON).after_failure(NOON)

    assert (schedule.step, schedule.next_check) == (2, NOON + timedelta(minutes=16))


def test_the_server_can_only_lengthen_it() -> None:
    schedule = Schedule().with_at_least(600).after_check(NOON, changes=True)

    assert schedule.next_check == NOON + timedelta(minutes=10)
    assert schedule.postponed(NOON, 60) == schedule
    assert schedule.postponed(NOON, 900).next_check == NOON + timedelta(minutes=15)
    assert schedule.with_at_least(-5).at_least == timedelta(0)


def test_after_a_pause_the_first_check_comes_at_once() -> None:
    assert Schedule(step=4, next_check=NOON + timedelta(hours=1)).resumed(NOON).is_due(NOON)


def test_minutes_can_be_shortened_for_a_demonstration() -> None:
    assert Schedule(minute=timedelta(seconds=1)).after_check(NOON, changes=False).next_check == NOON + timedelta(
        seconds=4
    )


@given(st.lists(st.sampled_from(["none", "changes", "failure", "by hand"]), max_size=60))
def test_whatever_happens_the_interval_is_one_of_the_seven(events: list[str]) -> None:
    schedule, now = Schedule(), NOON
    for event in events:
        if event == "failure":
            schedule = schedule.after_failure(now)
        elif event == "by hand":
            schedule = schedule.after_sync_now(now)
        else:
            schedule = schedule.after_check(now, changes=event == "changes")
        assert schedule.next_check is not None
        assert (schedule.next_check - now) / timedelta(minutes=1) in MINUTES
        now = schedule.next_check
