"""What `script/test` does: the checks of `script/lint`, then pytest, both on services of their own."""

from __future__ import annotations

import argparse
import os
import sys
import time
from typing import Dict, List, Sequence, Tuple
from urllib.parse import urlsplit

from .children import Children, throw_away
from .chromium import find_or_install, need_driver
from .display import need_display
from .freezer import need_freezer
from .lint import lint
from .postgres import ensure_database
from .services import Services, settings, start_services
from .stages import Result, report, run_openly, run_quietly, summary

TEMPLATE = "bigtime_tables"


def arguments(given: Sequence[str]) -> Tuple[argparse.Namespace, List[str]]:
    """Our own options, and what follows `--` for pytest."""
    given = list(given)
    cut = given.index("--") if "--" in given else len(given)
    parser = argparse.ArgumentParser(prog="script/test", usage="script/test [options] [-- pytest's own arguments]")
    parser.add_argument("--fast", action="store_true", help="leave out the browser and the crash tests")
    parser.add_argument("--soak", type=_positive, metavar="N", help="run only the crash tests, with N kills")
    parser.add_argument("--only-tests", action="store_true", help="leave out style, types, contracts and migrations")
    return parser.parse_args(given[:cut]), given[cut + 1 :]


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("N is 1 or more")
    return number


def pytest_command(own: argparse.Namespace, for_pytest: Sequence[str]) -> List[str]:
    command = [sys.executable, "-m", "pytest"]
    if not any(each.startswith(("-n", "--numprocesses", "--pdb")) for each in for_pytest):
        command += ["-n", "0" if own.soak else "2"]
    if own.soak:
        # A soak lasts as long as its number of kills needs.
        command += ["-m", "soak or crash", "--timeout", "0"]
    elif own.fast:
        command += ["-m", "not browser and not crash and not soak"]
    return [*command, *for_pytest]


def pytest_runs(own: argparse.Namespace, for_pytest: Sequence[str]) -> List[Tuple[str, List[str]]]:
    """Names and commands. The crash tests fork their process, so they get one in which no browser has left a thread."""
    if own.soak or own.fast or for_pytest:
        return [("tests", pytest_command(own, for_pytest))]
    return [
        # They wait for quiet periods more than they work, so four at once fit two cores.
        ("crash tests", [*pytest_command(own, ["-n", "4", "--maxschedchunk", "2"]), "-m", "crash or soak"]),
        ("tests", [*pytest_command(own, []), "-m", "not crash and not soak"]),
    ]


def run(own: argparse.Namespace, for_pytest: Sequence[str]) -> int:
    """Status of the first stage that failed, 0 when none did. pytest is run whatever the checks said, and last."""
    with throw_away() as (folder, children):
        began = time.monotonic()
        services = start_services(children, folder)
        env = settings(services, folder, base_url="http://127.0.0.1:8000", simulator_url="http://127.0.0.1:8001")
        results = [Result("services", 0, time.monotonic() - began)]
        report(results[0])
        if not (own.only_tests or own.soak):
            results += lint(children, env)
        if services.own_database:
            results.append(_make_tables(services, env, children))
            env = {**env, "BIGTIME_TEST_TEMPLATE": TEMPLATE}
        results += _tests(own, for_pytest, env, children)
        summary(results)
    failed = [each for each in results if each.status]
    if failed:
        print("Failed: " + ", ".join(each.name for each in failed), flush=True)
    return next((each.status for each in reversed(failed)), 0)


def _make_tables(services: Services, env: Dict[str, str], children: Children) -> Result:
    """Once, on a server of our own: the database of each test process is then a copy."""
    ensure_database(services.database_url, TEMPLATE)
    there = urlsplit(services.database_url)._replace(path=f"/{TEMPLATE}").geturl()
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    return run_quietly(children, "tables", command, {**env, "DATABASE_URL": there})


def _tests(own: argparse.Namespace, for_pytest: Sequence[str], env: Dict[str, str], children: Children) -> List[Result]:
    # Servers started by tests serve static files from where they lie.
    env = {**env, "BIGTIME_PLAIN_STATIC": "1"}
    # A failure of the crash tests names the seed that shows it again.
    env |= {name: os.environ[name] for name in ("BIGTIME_SEED",) if name in os.environ}
    if not own.fast:
        need_driver()
        need_display()
        need_freezer()
        env = {**env, "BIGTIME_CHROMIUM": find_or_install(), "DJANGO_ALLOW_ASYNC_UNSAFE": "1"}
    if own.soak:
        env = {**env, "BIGTIME_KILLS": str(own.soak)}
    children.need_all_alive()
    return [run_openly(children, name, command, env) for name, command in pytest_runs(own, for_pytest)]
