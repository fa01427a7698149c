"""CSV and XLSX as a stream. Text that a spreadsheet would run as a formula is written as text."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.http import FileResponse, StreamingHttpResponse
from django.utils import timezone

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# OWASP "CSV Injection": a cell that begins with one of these is taken for a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
EXCEL_ROWS = 1_048_576
EXCEL_TEXT = 32_767


class _Echo:
    """What csv.writer writes to: gives the line back instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def safe_text(value: str) -> str:
    """`value`, with an apostrophe before what a spreadsheet would run."""
    return f"'{value}" if value.startswith(FORMULA_STARTS) else value


def plain(value: Any, zone: tzinfo) -> Any:
    """A value as a cell: text made safe, instants as wall time in `zone`, yes and no as words; numbers stay numbers."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, datetime):
        return timezone.localtime(value, zone).replace(tzinfo=None) if timezone.is_aware(value) else value
    if isinstance(value, int | Decimal | date):
        return value
    return safe_text(str(value))


def csv_response(name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    """UTF-8 with a byte order mark, because Excel takes a file without one for a local encoding."""

    # The middleware's time zone is gone by the time the stream is read.
    zone = timezone.get_current_timezone()

    def lines() -> Iterator[str]:
        writer = csv.writer(_Echo())
        yield "\ufeff" + writer.writerow([safe_text(h) for h in header])
        for row in rows:
            yield writer.writerow([_csv_cell(v, zone) for v in row])

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _csv_cell(value: Any, zone: tzinfo) -> Any:
    value = plain(value, zone)
    return value.isoformat(" ", "seconds") if isinstance(value, datetime) else value


def xlsx_response(name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> FileResponse:
    """Built row by row on disk, so memory doesn't grow with the list; one longer than a sheet ends by saying so."""
    zone = timezone.get_current_timezone()
    file = tempfile.TemporaryFile()  # noqa: SIM115 - FileResponse closes it after sending
    with xlsxwriter.Workbook(file, {"constant_memory": True}) as book:
        sheet = book.add_worksheet(name[:31])
        sheet.freeze_panes(1, 0)
        formats = {"head": book.add_format({"bold": True}), "date": book.add_format({"num_format": "yyyy-mm-dd"})}
        formats["instant"] = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        for column, title in enumerate(header):
            sheet.write_string(0, column, safe_text(title), formats["head"])
        for at, row in enumerate(rows, start=1):
            if at >= EXCEL_ROWS - 1:
                sheet.write_string(at, 0, "The list goes on: a sheet holds no more rows. Export it as CSV.")
                break
            for column, value in enumerate(row):
                _xlsx_cell(sheet, at, column, plain(value, zone), formats)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX_TYPE)


def _xlsx_cell(sheet: Any, row: int, column: int, value: Any, formats: dict[str, Any]) -> None:
    if isinstance(value, datetime):
        sheet.write_datetime(row, column, value, formats["instant"])
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value, formats["date"])
    elif isinstance(value, int | Decimal):
        sheet.write_number(row, column, value)
    elif value != "":
        sheet.write_string(row, column, value[:EXCEL_TEXT])
