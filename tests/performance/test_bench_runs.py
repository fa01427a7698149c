"""The benchmarks' command: it runs, fills every row, and leaves nothing behind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from unittest.mock import Mock

import psycopg
import pytest

from benchmarks import run
from simulators.online.remote import Simulator

ROOT = Path(__file__).resolve().parent.parent.parent
MEASURES = (
    "first sync", "sync with nothing changed: records written", "everything read again, nothing changed",
    "mirror upsert", "peak memory", "entries a write call", "answers 429", "CPU an entry", "save()", "batch_create()",
    "Desktop, first sync of", "Desktop, post", "25 records a page", "one add a message set",
    "peak memory of the agent", "dashboard", "timesheet", "approvals", "Post Timesheets", "django.contrib.admin",
)  # fmt: skip


def _databases() -> set[str]:
    with psycopg.connect(os.environ["DATABASE_URL"]) as session:
        rows = session.execute("SELECT datname FROM pg_database WHERE datname LIKE 'bigtime\\_bench\\_%'").fetchall()
    return {name for (name,) in rows}


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "benchmarks", *arguments]
    return subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True, timeout=540)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_all_small_prints_every_row() -> None:
    before = _databases()

    ran = _run("all", "--small")

    assert ran.returncode == 0, ran.stderr[-3000:]
    table = [line for line in ran.stdout.splitlines() if line.startswith("|")]
    assert len({line.count("|") for line in table}) == 1
    assert [measure for measure in MEASURES if not any(measure in line for line in table)] == []
    assert _databases() <= before


def test_a_section_that_nobody_measures_is_no_other() -> None:
    with pytest.raises(ValueError, match="There is no section “weather”"):
        list(run._rows(["weather"], Mock(spec=Simulator), small=True, minute=1))


def test_an_unknown_section_is_refused_in_words() -> None:
    ran = _run("weather")

    assert ran.returncode == 2
    assert "choose from" in ran.stderr
