"""The command. It sets up a database and a simulator, measures, prints the table and takes both away again."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
from pathlib import Path

import django

from .database import own_database

SECTIONS = ("sync", "post", "desktop", "pages")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("section", nargs="?", default="all", choices=[*SECTIONS, "all"])
    parser.add_argument("--small", action="store_true", help="a quick look: the aims say little at this size")
    parser.add_argument(
        "--minute", type=float, default=1.0, help="seconds that Intuit's minute lasts while posting; 60 is real"
    )
    chosen = parser.parse_args()
    sections = SECTIONS if chosen.section == "all" else (chosen.section,)
    if not os.environ.get("DATABASE_URL"):
        parser.error("DATABASE_URL says which PostgreSQL server to use; script/bench starts one and sets it.")
    # Ended from outside, too, the database and the simulator go.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with tempfile.TemporaryDirectory(prefix="bigtime-bench-") as folder, own_database() as address:
        _environment(address, Path(folder))
        django.setup()
        from .run import measure  # noqa: PLC0415 -- needs Django, and Django the database's address

        print(measure(sections, small=chosen.small, minute=chosen.minute))
    return 0


def _environment(address: str, folder: Path) -> None:
    """No broker, so that no hint outlives the run; plain static files, so that none have to be collected."""
    for kept in ("media", "static"):
        (folder / kept).mkdir()
    os.environ |= {
        "DATABASE_URL": address,
        "REDIS_URL": "",
        "BIGTIME_DEBUG": "0",
        "BIGTIME_PLAIN_STATIC": "1",
        "BIGTIME_BASE_URL": "http://127.0.0.1:8000",
        "BIGTIME_ALLOWED_HOSTS": "127.0.0.1,localhost,testserver",
        "BIGTIME_INSTANCE_FILE": str(folder / "instance"),
        "BIGTIME_MEDIA_DIR": str(folder / "media"),
        "BIGTIME_STATIC_ROOT": str(folder / "static"),
        "INTUIT_ENVIRONMENT": "simulator",
        "INTUIT_CLIENT_ID": "demo-client",
        "INTUIT_CLIENT_SECRET": "demo-secret",
        "OAUTHLIB_INSECURE_TRANSPORT": "1",
        "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
    }


if __name__ == "__main__":
    sys.exit(main())
