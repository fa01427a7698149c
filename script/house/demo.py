"""What `script/demo` does: every process of an installation on this machine, two demo firms, simulated books."""

from __future__ import annotations

import argparse
import fcntl
import os
import runpy
import shutil
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Dict, Iterator, NamedTuple, Sequence, Tuple
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

from . import desktop
from .children import Children, throw_away, wait_until
from .refusal import ROOT, Refusal, free_port, need_port, need_space, need_writable
from .services import Services, own_database, settings, start_services
from .stages import run_quietly

FOLDER = ROOT / ".demo"
MAIN_JOB = ROOT / "script" / "_main_job.py"
STEPS = """\
Both QuickBooks are simulated: no Intuit account, no Windows. Use a browser for each firm, or sign out in between.

Northwind Consulting keeps its books in QuickBooks Online
  1. Sign in as maya@example.com and open    My Company → Integrations
  2. On the QuickBooks Online tile press     Enable, tick the checklist, and Continue
  3. In the window that opens press          Connect to QuickBooks
  4. Sign in at the simulated Intuit         (its page shows the login)
  5. Choose a company and press              Authorize
  6. The window closes; the tile on the home page runs the first sync

Lakeside Studio keeps its books in QuickBooks Desktop
  1. Sign in as leo@example.com and open     My Company → Integrations
  2. On the QuickBooks Desktop tile press    Enable, Enable again below the checklist, and Grant
  3. In a second terminal start the wizard   python3 script/agent   (without a screen it asks in the terminal)
  4. Press Begin, sign in as leo@example.com and press Connect
  5. QuickBooks asks: answer it at           {access}
     with                                    Yes, Always; Allow Access Even If QuickBooks Is Not Running
  6. Press Continue. The page in the browser ticks each step off; after the first sync look at the preview and Import.
     From now on the Sync Agent runs with the demo: it checks by itself, and posts when you post."""


class Ports(NamedTuple):
    web: int
    online: int
    desktop: int


class Addresses(NamedTuple):
    """Where a running demo is, what its processes share, and what its Sync Agent needs."""

    bigtime: str
    online: str
    desktop: str
    env: Dict[str, str]
    agent_env: Dict[str, str]


def arguments(given: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/demo", description="BigTime with a demo firm, on this machine only.")
    parser.add_argument("--reset", action="store_true", help="erase the demo's data and begin afresh")
    parser.add_argument("--port", type=int, default=8000, help="port of BigTime (8000)")
    parser.add_argument(
        "--simulator-port",
        type=int,
        default=0,
        metavar="PORT",
        help="port of the simulated Online (PORT + 1)",
    )
    parser.add_argument(
        "--desktop-port",
        type=int,
        default=0,
        metavar="PORT",
        help="port of the simulated Desktop (PORT + 2)",
    )
    parser.add_argument("--no-worker", action="store_true", help="start no worker: nothing is synced or posted")
    parser.add_argument("--check", action="store_true", help="start in a throw-away folder, do the main job once, end")
    return parser.parse_args(given)


def serve(options: argparse.Namespace) -> int:
    """Run until Ctrl-C (status 0) or until a process dies (a Refusal that names it)."""
    port = options.port
    ports = Ports(port, options.simulator_port or port + 1, options.desktop_port or port + 2)
    began = time.monotonic()
    need_writable(FOLDER)
    with alone(FOLDER):
        for number, option in zip(ports, ("--port", "--simulator-port", "--desktop-port")):  # noqa: B905
            need_port(number, option=option)
        need_space(FOLDER, 300)
        if options.reset:
            erase(FOLDER)
        for old in (FOLDER / "log").glob("*.log"):
            old.unlink()
        with Children(FOLDER / "log") as children:
            services = start_services(children, FOLDER)
            addresses, logins = start_all(children, services, FOLDER, ports, worker=not options.no_worker)
            desktop.remember(FOLDER, addresses.agent_env)
            introduce(addresses, logins, time.monotonic() - began)
            try:
                while True:
                    children.need_all_alive()
                    time.sleep(0.5)
            except KeyboardInterrupt:
                print("\nStopping", flush=True)
    return 0


def check(options: argparse.Namespace) -> int:
    """Start everything on free ports, drive the main job once in each firm: 0 when both were done, 1 when not."""
    began = time.monotonic()
    with throw_away() as (folder, children), own_database(start_services(children, folder)) as services:
        ports = Ports(free_port(), free_port(), free_port())
        addresses, _logins = start_all(children, services, folder, ports, worker=not options.no_worker)
        print(f"Everything is ready after {time.monotonic() - began:.0f} s; now the main job", flush=True)
        if not MAIN_JOB.exists():
            print("✗ script/_main_job.py is missing, so there is no main job to drive")
            return 1
        status = main_job(addresses)
        if status:
            for child in children.running:
                print(f"\n{child.name}, its last lines:\n{child.last_lines(25)}", flush=True)
        outcome = "✗ The main job was not done" if status else "✓ The main job was done, in both firms"
        print(f"{outcome}  {time.monotonic() - began:.0f} s")
        return 1 if status else 0


def main_job(addresses: Addresses) -> int:
    """Run `run` of script/_main_job.py; any exception is a failure, shown with its trace."""
    # The file is a script's neighbour, not a module of a package.
    run = runpy.run_path(str(MAIN_JOB))["run"]
    return int(run(addresses.bigtime, addresses.online, addresses.desktop, addresses.agent_env))


def start_all(
    children: Children, services: Services, folder: Path, ports: Ports, *, worker: bool
) -> Tuple[Addresses, str]:
    """Prepare the database, start both simulators, worker, web and Sync Agent, wait until they answer.

    Returns where they are and what the seeding said (the logins).
    """
    base_url, online = f"http://127.0.0.1:{ports.web}", f"http://127.0.0.1:{ports.online}"
    env = settings(services, folder, base_url=base_url, simulator_url=online)
    env["BIGTIME_SYNC_AGENT_DIR"] = str(folder / "downloads")
    logins = prepare(children, env)
    desktop.make_downloads(children, folder / "downloads", env)
    programs = Path(sys.executable).parent
    simulator = [sys.executable, "-m", "simulators.online", "--port", str(ports.online), "--seed", "demo"]
    children.start("quickbooks-online", [*simulator, "--data", str(folder / "books")], env=env, cwd=str(ROOT))
    quickbooks = desktop.start_quickbooks(children, folder, ports.desktop, env)
    if worker and services.redis_url:
        beat = ["-B", "-s", str(folder / "beat")]
        command = [str(programs / "celery"), "-A", "bigtime", "worker", "-Q", "sync,post,default", "-c", "2", *beat]
        children.start("worker", command, env=env, cwd=str(ROOT))
    gunicorn = [str(programs / "gunicorn"), "bigtime.wsgi", "--bind", f"127.0.0.1:{ports.web}"]
    children.start("web", [*gunicorn, "--workers", "2", "--threads", "4"], env=env, cwd=str(ROOT))
    agent_env = desktop.agent_environment(folder, base_url, quickbooks)
    desktop.start_agent(children, agent_env)
    wait_until(lambda: answers(f"{base_url}/readyz"), children=children, seconds=60, what="BigTime")
    wait_until(lambda: answers(f"{online}/", below=500), children=children, seconds=60, what="The simulated Online")
    wait_until(lambda: answers(f"{quickbooks}/"), children=children, seconds=60, what="The simulated Desktop")
    return Addresses(base_url, online, quickbooks, env, agent_env), logins


def prepare(children: Children, env: Dict[str, str]) -> str:
    """Bring database, static files and demo firm up to date; what the seeding printed. Raises Refusal."""
    said = ""
    for name, arguments_ in (("migrate", []), ("collectstatic", ["--noinput"]), ("seed_demo", [])):
        result = run_quietly(children, name, [sys.executable, "manage.py", name, *arguments_], env)
        if result.status:
            raise Refusal(f"The demo could not be prepared: {name} failed, see above.")
        said = result.output
    return said


def introduce(addresses: Addresses, logins: str, seconds: float) -> None:
    broker = (
        ""
        if addresses.env["REDIS_URL"]
        else "\nThere is no Valkey or Redis here, so no worker runs: nothing is synced or posted.\n"
    )
    steps = STEPS.format(access=desktop.access_page(addresses.desktop))
    print(
        f"\nBigTime is ready after {seconds:.0f} s\n\n"
        f"  BigTime             {addresses.bigtime}\n"
        f"  QuickBooks Online   {addresses.online}  (simulated: look into Northwind’s books here)\n"
        f"  QuickBooks Desktop  {addresses.desktop}  (simulated: look into Lakeside’s company file here)\n"
        f"  Logs                {FOLDER / 'log'}\n{broker}\n{logins.strip()}\n\n{steps}\n\nCtrl-C ends everything.",
        flush=True,
    )


def answers(url: str, *, below: int = 400) -> bool:
    """`url` answers with a status under `below`; a proxy is never asked, for it is on this machine."""
    try:
        with build_opener(ProxyHandler({})).open(url, timeout=5) as response:
            return bool(response.status < below)
    except HTTPError as refused:
        return refused.code < below
    except OSError:
        return False


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold the demo's folder for this process. Raises Refusal when another demo runs on it."""
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Refusal("The demo is already running from this folder; end it there with Ctrl-C first.") from None
        yield


def erase(folder: Path) -> None:
    """Delete the demo's data, not the lock that is held meanwhile. Raises Refusal where they are not ours to delete."""
    if "DATABASE_URL" in os.environ:
        raise Refusal(
            "--reset erases only a database that the demo made; unset DATABASE_URL or empty that database yourself."
        )
    place = folder / "postgres.place"
    if place.exists():
        shutil.rmtree(place.read_text(), ignore_errors=True)
    for each in folder.iterdir():
        if each.is_dir():
            shutil.rmtree(each)
        elif each.name != "lock":
            each.unlink()
