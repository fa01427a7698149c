"""The company file goes back to a backup: what was posted since is noticed, and posted again exactly once."""

from __future__ import annotations

import random

import pytest

from bigtime.timesheets.models import TimeEntry
from integrations.models import Operation, SyncIssue, SyncRun
from integrations.sync import runs

from .books import judge
from .scene import Scene
from .test_kills import SEED, pace, trial

pytestmark = pytest.mark.crash


def post(scene: Scene, number: int) -> list[TimeEntry]:
    entries = scene.firm.entries(number)
    scene.firm.push(entries)
    scene.finish()
    return entries


def read(scene: Scene) -> None:
    """As when somebody presses Update now."""
    SyncRun.objects.filter(state__in=SyncRun.OPEN).update(state=SyncRun.State.CANCELLED)
    runs.start(connection=scene.firm.connection)
    for _ in range(3):
        scene.firm.visit()
    scene.firm.work()


def post_again(scene: Scene) -> int:
    """A person posts what is free again. How many that are."""
    free = list(TimeEntry.objects.filter(firm=scene.firm.firm, lock=""))
    scene.firm.push(free)
    scene.finish()
    return len(free)


def test_what_the_backup_lacks_is_noticed_by_the_next_sync_and_posted_again_once(scene: Scene) -> None:
    post(scene, 30)
    scene.firm.file.backup()
    lost = post(scene, 5)
    scene.firm.file.restore()

    read(scene)

    assert scene.firm.states() == {"posted": 30, "absent": 5}
    assert {each.pk for each in TimeEntry.objects.filter(lock="")} == {each.pk for each in lost}
    assert post_again(scene) == 5
    verdict = judge(scene.firm)
    assert verdict.is_clean, verdict
    assert verdict.entries == 35


def test_it_is_noticed_before_anything_new_is_posted(scene: Scene) -> None:
    """Otherwise the newest posting would be there, and what is missing behind it would never be missed."""
    post(scene, 3)
    scene.firm.file.backup()
    post(scene, 4)
    scene.firm.file.restore()

    post(scene, 5)

    assert scene.firm.states() == {"posted": 8, "absent": 4}
    assert post_again(scene) == 4
    verdict = judge(scene.firm)
    assert verdict.is_clean, verdict
    assert verdict.entries == 12


def test_where_much_is_missing_a_person_is_asked(scene: Scene) -> None:
    post(scene, 5)
    scene.firm.file.backup()
    post(scene, 25)
    scene.firm.file.restore()

    post(scene, 2)
    read(scene)

    assert scene.firm.states() == {"posted": 32}
    issue = SyncIssue.objects.get(code="many_missing")
    assert issue.message.startswith("25 posted transactions are no longer in QuickBooks.")


@pytest.mark.soak
def test_restored_again_and_again_while_everything_is_killed(scene: Scene) -> None:
    dice = random.Random(SEED)
    visit = pace(scene)
    for _ in range(6):
        scene.firm.file.backup()
        for _ in range(2):
            scene.firm.push(scene.firm.entries(dice.choice([1, 3, 8])))
            trial(scene, dice, visit)
        if dice.random() < 0.5:
            scene.finish()
        scene.firm.file.restore()
        scene.firm.push(scene.firm.entries(dice.choice([0, 2])))
        trial(scene, dice, visit)
        scene.finish()
        read(scene)
        post_again(scene)
        assert not TimeEntry.objects.filter(firm=scene.firm.firm, lock="").exists(), SEED
    verdict = judge(scene.firm)
    assert verdict.is_clean, (SEED, verdict, scene.firm.states())
    assert Operation.objects.filter(state="absent").exists(), SEED
