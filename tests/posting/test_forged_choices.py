"""Forms whose ticks no page of ours has sent."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client

from bigtime.firm.models import Firm
from integrations.models import Operation
from posting.causes import causes
from posting.models import Batch
from tests.factories.books import ConnectionFactory

pytestmark = pytest.mark.django_db
SignIn = Callable[..., Client]
JUNK = ["²", "-1", "", "x", "1\x00", "9" * 30]


@pytest.mark.parametrize("junk", JUNK)
def test_no_such_timesheet_posts_nothing(signed_in: SignIn, firm: Firm, junk: str) -> None:
    connection = ConnectionFactory.create(firm=firm)
    form = {"key": uuid4(), "books": connection.pk, "filters": "span=all", "timesheet": junk}
    page = signed_in("accountant").post("/quickbooks/post-timesheets/post/", form, follow=True)
    assert page.status_code == 200
    assert "Nothing was sent: select at least one row" in page.content.decode()
    assert not Batch.objects.exists()


@pytest.mark.parametrize("junk", JUNK)
@pytest.mark.parametrize("action", ["retry", "skip"])
def test_a_tick_that_names_nothing_isnt_all(signed_in: SignIn, firm: Firm, action: str, junk: str) -> None:
    connection = ConnectionFactory.create(firm=firm)
    operation = Operation.objects.create(
        connection=connection, entity="time_entry", local_model="timesheets.timeentry", local_id=1, marker="ABCDEFGHIJ",
        state="blocked_mapping", error_code="link_staff", error_text="Ben Ortiz isn't linked.",
    )  # fmt: skip
    form = {"action": action, "reason": "Not ours", "books": connection.pk, "count": 1, "operation": junk}
    page = signed_in("accountant").post(f"/quickbooks/errors/{causes(connection)[0].key}/act/", form, follow=True)
    assert page.status_code == 200
    operation.refresh_from_db()
    assert (operation.state, operation.error_text) == ("blocked_mapping", "Ben Ortiz isn't linked.")
