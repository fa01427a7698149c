"""A firm full of work with books connected to it: one of everything that the product's pages can show."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from bigtime.clients.models import Client, Project, Task
from bigtime.codes.models import LaborCode, TrackingClass
from bigtime.dashboard import demo, demo_lists
from bigtime.firm.models import Firm, Invitation, Membership
from bigtime.staff.models import Staff
from bigtime.timesheets.models import TimeEntry, Timesheet
from integrations.models import Connection, Link, Operation, Proposal, SyncChange, SyncRun, SyncStep
from integrations.quickbooks.online.models import Authorization, Token
from integrations.quickbooks.online.services import digest
from posting import services
from posting.causes import causes
from posting.filters import Filters
from posting.models import Batch
from simulators.online.remote import Simulator
from tests.factories import RemoteRecordFactory
from tests.security.addresses import SUBJECTS, Address

# One of each state, in the order of the entries that were queued.
ENDS = [
    ("posted", "", ""), ("rejected", "6000", "QuickBooks refused this: a rule of the company."),
    ("blocked_mapping", "link_customer", "Umbrella Health · Portal isn't linked to a QuickBooks customer."),
    ("in_doubt", "no_answer", "QuickBooks didn't say whether it saved this."), ("sending", "", ""),
    ("blocked_period", "6200", "The books are closed on this date."), ("needs_person", "several", "Which one is it?"),
    ("skipped", "", "Billed by hand"), ("ready", "", ""), ("posted_diverged", "", ""), ("absent", "", ""),
]  # fmt: skip


class Lifelike:
    """The demo's firm, its administrator, and everything that hangs on a connection."""

    def __init__(self, simulator: Simulator) -> None:
        demo.seed()
        self.firm = Firm.objects.get(name=demo_lists.FIRM)
        self.maya = Membership.objects.get(firm=self.firm, user__email="maya@example.com")
        self.connection = self._connection(simulator)
        self._links()
        self.run = self._run()
        self.batch = self._batch()

    def _connection(self, simulator: Simulator) -> Connection:
        now, today = timezone.now(), timezone.localdate()
        connection = Connection.objects.create(
            firm=self.firm, system="quickbooks_online", environment="simulator", company_name="Northwind Books",
            company_id=simulator.create_realm("Northwind Books"), home_currency="USD", imported_at=now,
            last_sync_at=now, next_check_at=now + timedelta(minutes=9), connected_by=self.maya.user,
            closed_through=today - timedelta(days=90), facts={"read_at": now.isoformat()},
        )  # fmt: skip
        answer = simulator.grant(connection.company_id)
        Token.objects.create(
            connection=connection, access_token=answer["access_token"], refresh_token=answer["refresh_token"],
            access_expires_at=now + timedelta(hours=1), refresh_expires_at=now + timedelta(days=20), refreshed_at=now,
        )  # fmt: skip
        return connection

    def _links(self) -> None:
        for entity, model in (
            ("employee", Staff),
            ("customer", Project),
            ("item", LaborCode),
            ("class", TrackingClass),
        ):
            for local in model.objects.for_firm(self.firm)[:8]:  # type: ignore[attr-defined]
                remote = RemoteRecordFactory.create(connection=self.connection, entity=entity, name=str(local))
                Link.objects.create(
                    connection=self.connection, entity=entity, remote=remote,
                    local_model=local._meta.label_lower, local_id=local.pk,
                )  # fmt: skip
        self.remote = RemoteRecordFactory.create(
            connection=self.connection,
            entity="customer",
            name="Umbrella Health (in trust for its member co-operatives)",
        )
        Proposal.objects.create(connection=self.connection, entity="customer", remote=self.remote, outcome="decision")

    def _run(self) -> SyncRun:
        now = timezone.now()
        run = SyncRun.objects.create(
            connection=self.connection,
            state="done",
            started_by=self.maya.user,
            started_at=now,
            finished_at=now,
            calls=9,
        )
        for order, entity in enumerate(("customer", "employee", "item")):
            SyncStep.objects.create(
                run=run, entity=entity, order=order, total=40, pulled=40, created=3, updated=2, unchanged=34,
                attention=1, pulled_done=True, applied_done=True,
            )  # fmt: skip
        SyncChange.objects.create(
            run=run, entity="customer", remote=self.remote, name="Umbrella Health", action="updated",
            fields={"name": ["Umbrela Health", "Umbrella Health"], "email": ["", "finance@umbrella.example.com"]},
        )  # fmt: skip
        return run

    def _batch(self) -> Batch:
        everything = Filters(span="this_month", state="all")
        outcome = services.post_time(
            connection=self.connection, timesheets=everything.timesheets(self.firm), filters=everything,
            key=uuid.uuid4(), by=self.maya.user,
        )  # fmt: skip
        operations = list(Operation.objects.filter(connection=self.connection).order_by("pk"))
        assert len(operations) > 50
        for at, operation in enumerate(operations):
            operation.state, operation.error_code, operation.error_text = ENDS[at % len(ENDS)]
            operation.payload = {"Description": "Kick-off " * 30, "Hours": 1} if operation.state != "ready" else None
            operation.remote_id = str(4000 + at) if operation.state == "posted" else ""
        Operation.objects.bulk_update(operations, ["state", "error_code", "error_text", "payload", "remote_id"])
        for state, lock in (("posted", "posted"), ("rejected", ""), ("skipped", ""), ("absent", "")):
            ended = [each.local_id for each in operations if each.state == state]
            TimeEntry.objects.filter(pk__in=ended).update(lock=lock)
        assert outcome.batch is not None
        return outcome.batch

    def visited_by(self, session_key: str) -> None:
        """Also what waits for somebody: an invited person, and another company that hangs on this session."""
        soon = timezone.now() + timedelta(minutes=9)
        Invitation.objects.create(
            firm=self.firm, email="new.person@example.com", nonce=uuid.uuid4().hex, sent_at=timezone.now(),
            expires_at=soon,
        )  # fmt: skip
        self.authorization = Authorization.objects.create(
            firm=self.firm, user=self.maya.user, state_sha256=digest("any"), session_sha256=digest(session_key),
            expires_at=soon, used_at=timezone.now(),
            held_company={"environment": "simulator", "company": {"name": "Southwind Books"}},
        )  # fmt: skip

    def url(self, address: Address) -> str:
        if not address.params:
            return reverse(address.name)
        known = self._known().get(address.name)
        return reverse(address.name, kwargs=known() if known else SUBJECTS[address.name](self.firm))

    def _known(self) -> dict[str, Callable[[], dict[str, Any]]]:
        def first(model: Any) -> Callable[[], dict[str, Any]]:
            return lambda: {"pk": model.objects.for_firm(self.firm).order_by("pk").first().pk}

        def failed() -> dict[str, Any]:
            return {"pk": Operation.objects.filter(connection=self.connection, state="rejected").first().pk}  # type: ignore[union-attr]

        def task() -> dict[str, Any]:
            found = Task.objects.for_firm(self.firm).first()
            assert found is not None
            return {"pk": found.project_id, "task_pk": found.pk}

        submitted = Timesheet.objects.for_firm(self.firm).filter(status="submitted").first()
        project = Project.objects.for_firm(self.firm).first()
        assert submitted is not None
        assert project is not None
        today: date = timezone.localdate()
        return {
            "clients:client_detail": first(Client), "clients:client_edit": first(Client),
            "clients:project_detail": first(Project), "clients:project_edit": first(Project),
            "clients:task_new": first(Project), "clients:task_edit": task,
            "staff:detail": first(Staff), "staff:edit": first(Staff), "codes:edit": first(LaborCode),
            "timesheets:day": lambda: {"day": today - timedelta(days=7)},
            "timesheets:week_of": lambda: {"day": today - timedelta(days=7)},
            "timesheets:add_row": lambda: {"day": today}, "timesheets:sheet": lambda: {"pk": submitted.pk},
            "integrations:run": lambda: {"pk": self.run.pk}, "integrations:record": lambda: {"pk": self.remote.pk},
            "integrations:local": lambda: {"model": "clients.project", "pk": project.pk},
            "quickbooks_online:other_company": lambda: {"pk": self.authorization.pk},
            "posting:preview": lambda: {"pk": submitted.pk}, "posting:batch": lambda: {"pk": self.batch.pk},
            "posting:error": lambda: {"key": causes(self.connection)[0].key}, "posting:operation": failed,
        }  # fmt: skip
