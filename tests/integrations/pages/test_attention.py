"""What sync asks a person, and the answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bigtime.staff.models import Staff
from integrations.models import Connection, Link, RemoteRecord, SyncIssue, SyncRun

from .conftest import SYNC, said, text, worked_off

pytestmark = pytest.mark.django_db
Remote = Callable[..., RemoteRecord]
ATTENTION = f"{SYNC}attention/"


def asks(
    connection: Connection, record: RemoteRecord | None, code: str = "new_here", kind: str = "decision"
) -> SyncIssue:
    words = f"{record or 'The sync'}: what is it?"
    return SyncIssue.objects.create(
        connection=connection, entity="employee", remote=record, kind=kind, code=code, message=words
    )


def answer(admin: Any, do: str, *issues: SyncIssue) -> list[str]:
    return said(admin.post(f"{ATTENTION}act/", {"do": do, "pk": [issue.pk for issue in issues]}, follow=True))


def person(remote: Remote, name: str) -> RemoteRecord:
    given, family = name.split()
    return remote(
        "employee", name, data={"DisplayName": name, "GivenName": given, "FamilyName": family, "Active": True}
    )


def test_nothing_to_decide(admin: Any, connection: Connection) -> None:
    assert "Nothing needs attention" in text(admin.get(ATTENTION))


def test_questions_first_warnings_last(admin: Any, connection: Connection, remote: Remote) -> None:
    asks(connection, person(remote, "Wanda Warning"), "cut", "warning")
    asks(connection, person(remote, "Rita Rejected"), "too_long", "rejected")
    asks(connection, person(remote, "Dora Decision"))
    page = text(admin.get(ATTENTION))
    places = [page.index(f"{name}: what is it?") for name in ("Dora Decision", "Rita Rejected", "Wanda Warning")]
    assert places == sorted(places)
    assert "Dora" not in text(admin.get(f"{ATTENTION}?kind=warning"))


def test_created(admin: Any, connection: Connection, remote: Remote) -> None:
    nora = person(remote, "Nora Whitfield")
    issue = asks(connection, nora)
    assert answer(admin, "create", issue) == ["1 record will be created."]
    run = worked_off(connection)
    assert run is not None
    assert run.state == SyncRun.State.DONE
    made = Staff.objects.get(name="Nora Whitfield")
    assert Link.objects.get(remote=nora).local_id == made.pk
    issue.refresh_from_db()
    assert issue.resolved_at is not None


def test_blocked(admin: Any, connection: Connection, remote: Remote) -> None:
    nora = person(remote, "Nora Whitfield")
    assert answer(admin, "exclude", asks(connection, nora)) == [
        "1 record blocked: neither linked nor created, now or later."
    ]
    worked_off(connection)
    assert Link.objects.get(remote=nora).state == "blocked"
    assert not Staff.objects.filter(name="Nora Whitfield").exists()
    assert "Nothing needs attention" in text(admin.get(ATTENTION))


def test_what_can_not_be_created_asks_to_be_opened(admin: Any, connection: Connection, remote: Remote) -> None:
    nora = person(remote, "Nora Whitfield")
    issue = asks(connection, nora, "ambiguous")
    assert answer(admin, "create", issue) == ["1 record can't be created so: open it and say what it is."]
    issue.refresh_from_db()
    assert (issue.resolved_at, SyncRun.objects.count()) == (None, 0)
    assert '<button class="btn" name="do" value="create">' not in text(admin.get(f"{SYNC}records/{nora.pk}/"))


def test_dismissed(admin: Any, connection: Connection, remote: Remote) -> None:
    one, other = asks(connection, person(remote, "Nora Whitfield")), asks(connection, None, "internal", "internal")
    assert answer(admin, "dismiss", one, other) == ["2 questions closed. It is asked again when it is found again."]
    assert not SyncIssue.objects.filter(resolved_at=None).exists()
    assert not Link.objects.exists()


def test_one_is_dismissed_on_the_records_page(admin: Any, connection: Connection, remote: Remote) -> None:
    nora = person(remote, "Nora Whitfield")
    issue = asks(connection, nora)
    admin.post(f"{SYNC}records/{nora.pk}/act/", {"do": "dismiss", "issue": issue.pk})
    issue.refresh_from_db()
    assert issue.resolved_at is not None


def test_nothing_ticked_changes_nothing(admin: Any, connection: Connection, remote: Remote) -> None:
    issue = asks(connection, person(remote, "Nora Whitfield"))
    nothing = ["Tick at least one question and choose what becomes of it. Nothing was changed."]
    assert (answer(admin, "create"), answer(admin, "dance", issue)) == (nothing, nothing)
    issue.refresh_from_db()
    assert issue.resolved_at is None
