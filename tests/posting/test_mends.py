"""What the books refused leads to the page of ours that mends it, where there is one."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.quickbooks.online import faults
from integrations.sync.errors import Rejected
from posting.causes import causes

from .desk import Desk

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("code", "place"),
    [("6320", ("Change the settings", "/company/integrations/settings/")), ("6340", None)],
)
def test_a_refusal_leads_to_the_page_that_mends_it(
    desk: Desk, aisha: Any, code: str, place: tuple[str, str] | None
) -> None:
    refused = faults.of_fault({"Error": [{"code": code, "Message": "Invalid"}]})
    assert isinstance(refused, Rejected)
    desk.post(desk.sheet(60))
    desk.settle("rejected", refused.message, code=refused.code)
    [cause] = causes(desk.connection)
    assert (cause.code, cause.place) == (code, place)
    shown = aisha.get("/quickbooks/errors/").content.decode()
    assert ("Change the settings" in shown) is (place is not None)
