"""The demo's second firm: a QuickBooks Desktop on this machine, and the Sync Agent between its file and BigTime."""

from __future__ import annotations

import json
import os
import shlex
import sys
from pathlib import Path
from typing import Dict, List

from .children import Children
from .refusal import ROOT, Refusal
from .stages import run_quietly

SEED, COMPANY_FILE = "lakeside", "lakeside-studio"
OWN = (
    "PYTHONPATH", "SYNC_AGENT_HOME", "SYNC_AGENT_HOST", "SYNC_AGENT_AUTOSTART", "BIGTIME_URL", "QUICKBOOKS_ACCESS",
)  # fmt: skip


def start_quickbooks(children: Children, folder: Path, port: int, env: Dict[str, str]) -> str:
    """Start the simulated QuickBooks Desktop on `port`; its address."""
    command = [sys.executable, "-m", "simulators.desktop", "--port", str(port), "--data", str(folder / "company-files")]
    children.start("quickbooks-desktop", [*command, "--seed", SEED], env=env, cwd=str(ROOT))
    return f"http://127.0.0.1:{port}"


def start_agent(children: Children, env: Dict[str, str]) -> None:
    """A Sync Agent that waits until somebody connects it, and then does its work."""
    children.start("sync-agent", [sys.executable, "-m", "sync_agent", "run", "--wait"], env=env, cwd=str(ROOT))


def access_page(quickbooks_url: str) -> str:
    """Where the simulated QuickBooks shows its question whether a program may have access."""
    return f"{quickbooks_url}/books/{COMPANY_FILE}/access"


def agent_environment(folder: Path, base_url: str, quickbooks_url: str) -> Dict[str, str]:
    """What the agent's commands need to be the demo's: a folder of their own, BigTime's address, and QuickBooks'."""
    host = ["-m", "simulators.desktop.host", "--url", quickbooks_url, "--file", COMPANY_FILE]
    own = {
        "PYTHONPATH": str(ROOT),
        "SYNC_AGENT_HOME": str(folder / "agent"),
        "SYNC_AGENT_HOST": shlex.join([sys.executable, *host]),
        "SYNC_AGENT_AUTOSTART": "off",
        "BIGTIME_URL": base_url,
        "QUICKBOOKS_ACCESS": access_page(quickbooks_url),
    }
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(("SYNC_AGENT_", "BIGTIME_"))}
    return {**inherited, **own}


def remember(folder: Path, env: Dict[str, str]) -> None:
    """Leave for `script/agent` what it needs, as long as the demo's folder is there."""
    (folder / "agent.json").write_text(json.dumps({key: env[key] for key in OWN}))


def remembered(folder: Path) -> Dict[str, str]:
    """What a demo left. Raises Refusal where none was ever started."""
    try:
        found: Dict[str, str] = json.loads((folder / "agent.json").read_text())
    except (OSError, ValueError):
        raise Refusal("There is no demo to connect to; start it in another terminal: python3 script/demo") from None
    return found


def make_downloads(children: Children, folder: Path, env: Dict[str, str]) -> None:
    """Build what the page Download Sync Agent offers. Raises Refusal."""
    command: List[str] = [sys.executable, str(ROOT / "script" / "agent"), "build", "--to", str(folder)]
    if run_quietly(children, "sync agent", command, env).status:
        raise Refusal("The demo could not be prepared: the Sync Agent could not be built, see above.")
