from __future__ import annotations

from django.urls import path, register_converter

from .converters import DayConverter
from .views import approvals, cells, day, payroll, rows, sheet, week

app_name = "timesheets"
register_converter(DayConverter, "day")

urlpatterns = [
    path("timesheet/", week.week, name="week"),
    path("timesheet/cell/", cells.cell, name="cell"),
    path("timesheet/row/", cells.row, name="row"),
    path("timesheet/paste/", cells.paste, name="paste"),
    path("timesheet/projects/", rows.projects, name="projects"),
    path("timesheet/day/", day.day, name="day"),
    path("timesheet/day/<day:day>/", day.day, name="day"),
    path("timesheet/<day:day>/", week.week, name="week_of"),
    path("timesheet/<day:day>/add/", rows.add_row, name="add_row"),
    path("company/codes/payroll-filters/", payroll.payroll_filters, name="payroll_filters"),
    path("approvals/", approvals.queue, name="approvals"),
    path("approvals/approve/", approvals.approve, name="approve_many"),
    path("approvals/<int:pk>/", sheet.sheet, name="sheet"),
    path("approvals/<int:pk>/approve/", sheet.approve, name="approve"),
    path("approvals/<int:pk>/reject/", sheet.reject, name="reject"),
    path("approvals/<int:pk>/reopen/", sheet.reopen, name="reopen"),
]
