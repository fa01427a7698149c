"""A QuickBooks Desktop simulator and BigTime's web server as processes of their own, and a firm on a company file."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.db import connection as database
from django.urls import reverse

from bigtime.firm.models import Firm
from integrations import registry
from integrations.models import Connection, SyncRun
from integrations.quickbooks.desktop import services
from integrations.quickbooks.desktop.models import Agent
from integrations.quickbooks.desktop.qwc import APP_ID, APP_NAME, OWNER_ID
from integrations.sync import runs
from simulators.desktop.remote import CompanyFile, Desktop
from simulators.remote import answering, free_port, started

from .carrier import Carried, visit
from .measuring import TICKS, Spent, spending


@dataclass
class Web:
    """BigTime's web server with one worker process, so that its CPU and its memory are one process's."""

    process: subprocess.Popen[bytes]
    url: str

    @property
    def worker(self) -> int:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return int(children[0])

    def cpu(self) -> float:
        return _cpu(Path(f"/proc/{self.worker}/stat"), 11, 12)

    def megabytes(self) -> float:
        status = Path(f"/proc/{self.worker}/status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def _cpu(stat: Path, *columns: int) -> float:
    fields = stat.read_text().rpartition(")")[2].split()
    return sum(int(fields[column]) for column in columns) / TICKS


def database_cpu() -> float:
    """Seconds of all PostgreSQL processes, those that have ended too; nan where they can't be seen from here."""
    database.ensure_connection()
    try:
        mine = Path(f"/proc/{database.connection.info.backend_pid}/stat").read_text()
        postmaster = mine.rpartition(")")[2].split()[1]
        children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
        living = sum(_cpu(Path(f"/proc/{child}/stat"), 11, 12) for child in children)
        return living + _cpu(Path(f"/proc/{postmaster}/stat"), 11, 12, 13, 14)
    except OSError:
        return float("nan")


@dataclass(frozen=True, slots=True)
class Visited:
    """What one visit took on both sides. Seconds and megabytes."""

    carried: Carried
    server_cpu: float
    database_cpu: float
    server_megabytes: float

    @property
    def calls(self) -> int:
        return len(self.carried.calls)


@dataclass
class Office:
    """One firm on one company file, with the program between them."""

    desktop: Desktop
    web: Web
    name: str
    books: CompanyFile = field(init=False)
    connection: Connection = field(init=False)
    agent: Agent = field(init=False)
    secret: str = field(init=False)

    def __post_init__(self) -> None:
        self.books = self.desktop.create(self.name, APP_NAME)
        channel = services.enable(firm=Firm.objects.create(name=self.name), by=None)
        services.grant(channel=channel, by=None)
        self.agent, self.secret = services.register(channel=channel, by=None, computer="Front desk")
        self.connection = Connection.objects.select_related("firm").get(pk=channel.connection_id)

    def visit(self) -> Visited:
        """One whole visit of the Sync Agent."""
        host = [sys.executable, "-m", "simulators.desktop.host", "--url", self.desktop.url, "--file", self.books.key]
        before, base = self.web.cpu(), database_cpu()
        carried = visit(
            {
                "address": f"{self.web.url}{reverse('quickbooks_desktop:soap')}", "secret": self.secret,
                "agent_id": self.agent.username, "app_name": APP_NAME, "app_id": APP_ID, "owner_id": OWNER_ID,
                "company_file": self.books.path, "host": host,
            }
        )  # fmt: skip
        if carried.outcome != "done":
            raise RuntimeError(f"The visit ended as {carried.outcome}: {carried.words}")
        return Visited(carried, self.web.cpu() - before, database_cpu() - base, self.web.megabytes())

    def work(self) -> Spent:
        """What a worker does with what was read; a preview is imported."""
        driver = registry.get(self.connection.system).driver
        run = SyncRun.objects.filter(connection=self.connection).latest("pk")
        with spending() as spent:
            driver.sync(run)
            run.refresh_from_db()
            while run.state in (SyncRun.State.PREVIEW, SyncRun.State.APPLYING):
                if run.state == SyncRun.State.PREVIEW:
                    runs.import_preview(run=run)
                driver.sync(run)
                run.refresh_from_db()
        if run.state != SyncRun.State.DONE:
            raise RuntimeError(f"The run is {run.state}: {run.error}")
        self.connection.refresh_from_db()
        return spent


@contextmanager
def simulator() -> Iterator[Desktop]:
    with tempfile.TemporaryDirectory(prefix="bigtime-bench-") as folder:
        log = Path(folder, "log.txt")
        with started("simulators.desktop", Path(folder), log, "/_sim/files", "--seed", "none") as url:
            yield Desktop(url)


@contextmanager
def web(application: str = "bigtime.wsgi") -> Iterator[Web]:
    """As the Docker image starts it, but for one worker instead of two."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    described = f"{url}{reverse('quickbooks_desktop:soap')}?wsdl"
    served = ["-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}", "--workers", "1", "--threads", "4"]
    with (
        tempfile.TemporaryDirectory(prefix="bigtime-bench-") as folder,
        answering(
            [*served, "--timeout", "600"], Path(folder, "log.txt"), described, {"BIGTIME_BASE_URL": url}
        ) as process,
    ):
        try:
            yield Web(process, url)
        finally:
            # Killed, it would leave its worker behind.
            process.terminate()
            process.wait(30)
