"""The Celery application: three queues, no result back end; tasks are hints, the record is in PostgreSQL."""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bigtime.settings")

app = Celery("bigtime")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
