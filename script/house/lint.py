"""Every check that needs no test: style, types, contracts, migrations, settings. All are run even when one fails."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Dict, List, Mapping, Tuple

from .children import Children
from .stages import Result, run_quietly


def checks() -> List[Tuple[str, List[str]]]:
    """Name and command of each check."""
    programs = Path(sys.executable).parent
    manage = [sys.executable, "manage.py"]
    with_linter = ["--settings", "house.lint_settings"]
    # Initial migrations meet empty tables, where nothing can be locked for long.
    how = ["--ignore-name-contains", "_initial", "--no-cache", "--warnings-as-errors", "--quiet", "ok", "ignore"]
    safe_migrations = [*manage, "lintmigrations", *how, *with_linter]
    return [
        ("ruff check", [str(programs / "ruff"), "check", "--output-format=concise", "."]),
        ("ruff format", [str(programs / "ruff"), "format", "--check", "--output-format=concise", "."]),
        ("djlint", [str(programs / "djlint"), "--lint", "--quiet", "templates"]),
        ("mypy --strict", [str(programs / "mypy")]),
        ("import contracts", [str(programs / "lint-imports"), "--no-logo"]),
        ("migrations are complete", [*manage, "makemigrations", "--check", "--dry-run"]),
        (
            "migrations are safe",
            safe_migrations,
        ),
        ("settings are fit for production", [*manage, "check", "--deploy", "--fail-level", "WARNING", *with_linter]),
    ]


def mends() -> List[Tuple[str, List[str]]]:
    """Commands that mend by themselves what the style checks complain of."""
    programs = Path(sys.executable).parent
    return [
        ("ruff check --fix", [str(programs / "ruff"), "check", "--fix", "."]),
        ("ruff format", [str(programs / "ruff"), "format", "."]),
    ]


def lint(children: Children, env: Mapping[str, str]) -> List[Result]:
    as_installed: Dict[str, str] = {
        **env,
        "BIGTIME_BASE_URL": "https://bigtime.example",
        "PYTHONPATH": str(Path(__file__).parents[1]),
    }
    return [run_quietly(children, name, command, as_installed) for name, command in checks()]
