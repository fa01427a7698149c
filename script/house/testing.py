"""What `script/test` does: the checks of `script/lint`, then pytest, both on services of their own."""

from __future__ import annotations

import argparse
import os
import re
import sys
import time
from typing import Dict, List, Mapping, Sequence, Tuple
from urllib.parse import urlsplit

from .children import Children, throw_away
from .chromium import find_or_install, need_driver
from .display import need_display
from .freezer import need_freezer
from .lint import lint
from .postgres import ensure_database
from .refusal import ROOT
from .services import Services, settings, start_services
from .stages import Beside, Result, report, run_openly, run_quietly, summary

TEMPLATE = "bigtime_tables"
SEED = "BIGTIME_SEED"  # of all that is drawn by chance: the order of tests, what kills whom
MARKED = re.compile(r"\bmark\.(crash|soak)\b")


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
    if SEED in os.environ:
        command += ["--randomly-seed", os.environ[SEED]]
    return [*command, *for_pytest]


def crash_command(own: argparse.Namespace, for_pytest: Sequence[str]) -> List[str]:
    """The crash tests in a run of their own, beside all else; none when a part of the suite is asked for.

    They fork their process, so they get one in which no browser has left a thread. They wait for quiet periods more
    than they work: four at once leave time on two cores. Files without any aren't read by all four.
    """
    if own.soak or own.fast or for_pytest:
        return []
    marked = [str(each) for each in sorted((ROOT / "tests").rglob("test_*.py")) if MARKED.search(each.read_text())]
    return [*pytest_command(own, ["-n", "4", "--maxschedchunk", "2"]), *marked, "-m", "crash or soak"]


def rest_command(own: argparse.Namespace, for_pytest: Sequence[str]) -> List[str]:
    """What isn't run beside it."""
    apart = ["-m", "not crash and not soak"] if crash_command(own, for_pytest) else []
    return [*pytest_command(own, for_pytest), *apart]


def beside(env: Mapping[str, str]) -> Dict[str, str]:
    """The same services for a second run of pytest: databases of its own, and keys, for it empties the broker.

    A broker that somebody named is used as named: its other keys aren't ours.
    """
    database = urlsplit(env["DATABASE_URL"])
    apart = {"DATABASE_URL": database._replace(path=f"{database.path}_crash").geturl()}
    if env["REDIS_URL"] and "REDIS_URL" not in os.environ:
        apart["REDIS_URL"] = urlsplit(env["REDIS_URL"])._replace(path="/1").geturl()
    return {**env, **apart}


def run(own: argparse.Namespace, for_pytest: Sequence[str]) -> int:
    """Status of the first stage that failed, 0 when none did. pytest is run whatever the checks said, and last."""
    began = time.monotonic()
    with throw_away() as (folder, children):
        services = start_services(children, folder)
        env = settings(services, folder, base_url="http://127.0.0.1:8000", simulator_url="http://127.0.0.1:8001")
        # Of some hundred processes each would compile all of its modules anew.
        env.pop("PYTHONDONTWRITEBYTECODE", None)
        results = [Result("services", 0, time.monotonic() - began)]
        report(results[0])
        for_tests = _environment(own, env)
        if services.own_database:
            results.append(_make_tables(services, env, children))
            for_tests["BIGTIME_TEST_TEMPLATE"] = TEMPLATE
        children.need_all_alive()
        crash = crash_command(own, for_pytest)
        apart = Beside(children, "crash tests", crash, beside(for_tests)) if crash else None
        if not (own.only_tests or own.soak):
            results += lint(children, env)
        results.append(run_openly(children, "tests", rest_command(own, for_pytest), for_tests))
        if apart:
            results.append(apart.result())
        summary(results, time.monotonic() - began)
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


def _environment(own: argparse.Namespace, env: Mapping[str, str]) -> Dict[str, str]:
    # Servers started by tests serve static files from where they lie.
    found = {**env, "BIGTIME_PLAIN_STATIC": "1"}
    found |= {SEED: os.environ[SEED]} if SEED in os.environ else {}
    if not own.fast:
        need_driver()
        need_display()
        need_freezer()
        found |= {"BIGTIME_CHROMIUM": find_or_install(), "DJANGO_ALLOW_ASYNC_UNSAFE": "1"}
    if own.soak:
        found["BIGTIME_KILLS"] = str(own.soak)
    return found
