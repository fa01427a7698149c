"""A plain Django admin over time entries, for comparison only: as the documentation would have one set it up."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path

from bigtime.timesheets.models import TimeEntry
from bigtime.urls import urlpatterns as application

site = admin.AdminSite("benchmark")


@admin.register(TimeEntry, site=site)
class TimeEntryAdmin(admin.ModelAdmin):
    list_display = ("work_date", "staff", "project", "labor_code", "minutes", "lock")
    list_filter = ("lock", "is_billable")
    list_select_related = ("staff", "project__client", "labor_code")  # what its columns show, names of clients included


urlpatterns = [path("admin/", site.urls), *application]
