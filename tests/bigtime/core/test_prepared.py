"""A query compiled once answers like the one it was made from, with other values."""

from __future__ import annotations

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from bigtime.core.prepared import Prepared
from bigtime.firm.models import Firm
from bigtime.staff.models import Staff
from integrations.models import RemoteRecord
from tests.factories import FirmFactory, StaffFactory
from tests.factories.books import RemoteRecordFactory

pytestmark = pytest.mark.django_db
NAMES = Prepared(
    lambda firm, ids: (
        Staff.objects.filter(firm=firm, pk__any_of=ids, is_active=True).order_by("pk").values_list("pk", "name")
    ),
    firm=int,
    ids=list,
)


def test_other_values_the_same_words(firm: Firm) -> None:
    mine = StaffFactory.create_batch(3, firm=firm)
    other = StaffFactory.create(firm=FirmFactory.create())
    StaffFactory.create(firm=firm, is_active=False)
    everybody = list(Staff.objects.values_list("pk", flat=True))
    with CaptureQueriesContext(database) as seen:
        assert list(NAMES.rows(firm=firm.pk, ids=everybody)) == [(each.pk, each.name) for each in mine]
        assert list(NAMES.rows(firm=other.firm_id, ids=[other.pk])) == [(other.pk, other.name)]
        assert list(NAMES.rows(firm=firm.pk, ids=[])) == []
    assert len(seen) == 3


def test_values_come_as_the_model_s_fields_make_them() -> None:
    record = RemoteRecordFactory.create(data={"Payroll": {"Way": "hourly"}})
    payroll = Prepared(
        lambda ids: RemoteRecord.objects.filter(pk__any_of=ids).values_list("data__Payroll", "data"), ids=list
    )
    assert list(payroll.rows(ids=[record.pk])) == [({"Way": "hourly"}, {"Payroll": {"Way": "hourly"}})]


def test_a_value_that_became_no_parameter_is_a_mistake_seen_at_once(firm: Firm) -> None:
    with pytest.raises(AssertionError):
        Prepared(lambda firm, ids: Staff.objects.filter(firm=firm).values_list("pk"), firm=int, ids=list).rows(
            firm=firm.pk, ids=[]
        )


def test_objects_come_whole_with_those_they_are_selected_with(firm: Firm) -> None:
    StaffFactory.create(firm=firm, name="Ada")
    StaffFactory.create(firm=firm, name="Bo")
    called = Prepared(
        lambda firm, name: Staff.objects.filter(firm=firm, name=name).order_by("pk").select_related("firm"),
        firm=int,
        name=str,
    )
    with CaptureQueriesContext(database) as seen:
        for name in ("Ada", "Bo"):
            (found,) = called.objects(firm=firm.pk, name=name)
            assert found == Staff.objects.get(name=name)
            assert (found.name, found.firm, found.get_deferred_fields()) == (name, firm, set())
        assert list(called.objects(firm=firm.pk, name="Cy")) == []
    assert len(seen) == 5, "three and the two that they are compared with"
