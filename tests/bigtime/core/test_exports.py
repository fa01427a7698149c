from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from bigtime.core.exports import csv_response, safe_text, xlsx_response


def csv_of(response: Any) -> str:
    return b"".join(response.streaming_content).decode("utf-8-sig")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_text_that_would_run_is_marked_as_text(start: str) -> None:
    assert safe_text(f"{start}1+1") == f"'{start}1+1"


def test_other_text_stays_as_it_is() -> None:
    assert safe_text("Stark & Sons = best") == "Stark & Sons = best"
    assert safe_text("") == ""


def test_csv_keeps_numbers_and_escapes_formulas() -> None:
    rows = [["=HYPERLINK(0)", Decimal("-5.00"), 7, True, None, date(2026, 11, 23)], ['a "b", c', 0, 0, False, "", ""]]
    body = csv_of(csv_response("x", ["=Head", "n", "i", "b", "e", "d"], rows))
    assert body == ('\'=Head,n,i,b,e,d\r\n\'=HYPERLINK(0),-5.00,7,Yes,,2026-11-23\r\n"a ""b"", c",0,0,No,,\r\n')


def test_instants_are_in_the_time_zone_of_the_page_even_when_streamed_later() -> None:
    with timezone.override("America/Los_Angeles"):
        response = csv_response("x", ["at"], [[datetime(2026, 11, 23, 1, 30, tzinfo=UTC)]])
    assert csv_of(response) == "at\r\n2026-11-22 17:30:00\r\n"


def test_xlsx_has_typed_cells_and_no_formula() -> None:
    response = xlsx_response("sheet", ["Name", "Hours"], [["=1+1", Decimal("1.50")]])
    book = zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))
    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "'=1+1" in sheet
    assert "<v>1.5</v>" in sheet or "<v>1.50</v>" in sheet
