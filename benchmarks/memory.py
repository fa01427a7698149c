"""A first sync and its import in a process of its own, which then tells its peak: `python -m benchmarks.memory PK`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import django

PATIENCE = 3600.0  # a worker would go on in several tasks; here it is one process whose peak counts
ROOT = Path(__file__).resolve().parent.parent


class Peak(NamedTuple):
    """Megabytes: before the first page, and the most there ever was."""

    before: float
    most: float


def peak_of(connection_id: int) -> Peak:
    """Of a first sync of this connection, import included."""
    command = [sys.executable, "-m", "benchmarks.memory", str(connection_id)]
    told = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    if told.returncode:
        raise RuntimeError(f"The sync in a process of its own failed: {told.stderr[-2000:]}")
    return Peak(*json.loads(told.stdout.splitlines()[-1]))


def peak() -> float:
    """Megabytes that this process ever held at once."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def main(connection_id: int) -> None:
    django.setup()
    # These need Django to be set up.
    from integrations.models import Connection  # noqa: PLC0415
    from integrations.quickbooks.online import puller  # noqa: PLC0415
    from integrations.sync import runs  # noqa: PLC0415

    run = runs.start(connection=Connection.objects.get(pk=connection_id))
    before = peak()
    puller.sync(run, seconds=PATIENCE)
    run.refresh_from_db()
    puller.sync(runs.import_preview(run=run), seconds=PATIENCE)
    run.refresh_from_db()
    if run.state != run.State.DONE:
        raise SystemExit(f"The run ended as {run.state}: {run.error}")
    print(json.dumps([before, peak()]))


if __name__ == "__main__":
    main(int(sys.argv[1]))
