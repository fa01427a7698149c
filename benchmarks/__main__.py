"""The command. It sets up a database and a simulator, measures, prints the table and takes both away again."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from .database import own_database

SECTIONS = ("sync", "post", "pages")


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
    with tempfile.TemporaryDirectory(prefix="bigtime-bench-") as folder, own_database() as address:
        _environment(address, Path(folder))
        return _measure(sections, small=chosen.small, minute=chosen.minute)


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


def _measure(sections: tuple[str, ...], *, small: bool, minute: float) -> int:
    """Imports come late: they need Django, and Django needs the database's address."""
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connections

    from . import pages, post, sync
    from .books import simulator
    from .table import Row, text

    call_command("migrate", verbosity=0)
    began, rows = time.monotonic(), list[Row]()
    with simulator() as books:
        settings.INTUIT_SIMULATOR_URL = os.environ["INTUIT_SIMULATOR_URL"] = books.url
        for section in sections:
            print(f"{section} …", file=sys.stderr, flush=True)
            match section:
                case "sync":
                    found = sync.rows(books, small=small)
                case "post":
                    found = post.rows(books, small=small, minute=minute)
                case "pages":
                    found = pages.rows(small=small)
            for row in found:
                print(" ".join(filter(None, row.cells())), file=sys.stderr, flush=True)
                rows.append(row)
    connections.close_all()
    print(text(rows))
    load = " ".join(f"{each:.1f}" for each in os.getloadavg())
    print(f"\n{time.monotonic() - began:.0f} s in all, load {load} on {os.cpu_count()} cores, {_server()}")
    return 0


def _server() -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        version = cursor.fetchone()[0]
    connection.close()
    return f"PostgreSQL {version}"


if __name__ == "__main__":
    sys.exit(main())
