"""``python -m simulators.desktop --port 8002 --data DIR``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import uvicorn

from simulators.desktop import clock, seed
from simulators.desktop.app import build
from simulators.desktop.machine import Machine


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="simulators.desktop", description="A QuickBooks Desktop on this machine.")
    parser.add_argument("--port", type=int, default=8002)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--data", type=Path, required=True, help="folder of the company files")
    parser.add_argument(
        "--seed", choices=seed.NAMES, default="demo", help="company file to begin with, in a new folder"
    )
    return parser.parse_args()


def main() -> int:
    given = arguments()
    machine = Machine(given.data)
    if not machine.offices:
        seed.build(machine, given.seed, clock.now())
    print(f"QuickBooks Desktop simulator on http://{given.host}:{given.port}", flush=True)
    uvicorn.run(
        build(machine), host=given.host, port=given.port, log_level="warning", access_log=False,
        timeout_keep_alive=600, timeout_graceful_shutdown=2, ws="none", server_header=False,
    )  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
