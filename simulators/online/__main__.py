"""``python -m simulators.online --port 8001 --data DIR``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import uvicorn

from simulators.online import seed
from simulators.online.app import build
from simulators.online.config import BadConfig, Config, seconds
from simulators.online.grants import App
from simulators.online.wire import CuttableProtocol
from simulators.online.world import World


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="simulators.online", description="A QuickBooks Online on this machine.")
    parser.add_argument("--port", type=int, default=8001)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--data", type=Path, required=True, help="folder that keeps what was written")
    parser.add_argument("--seed", choices=seed.NAMES, default="demo", help="companies to begin with, in a new folder")
    parser.add_argument("--minute", help="how long Intuit's minute lasts here, e.g. 1s or 60s")
    parser.add_argument("--client-id", default="demo-client")
    parser.add_argument("--client-secret", default="demo-secret")
    parser.add_argument("--app-name", default="BigTime")
    parser.add_argument("--redirect-uri", action="append", default=[], help="registered address; repeatable")
    return parser.parse_args()


def main() -> int:
    given, config = arguments(), Config()
    try:
        config.update({"minute": seconds(given.minute)} if given.minute else {})
    except BadConfig as error:
        print(f"--minute: {error}", file=sys.stderr)
        return 2
    app = App(given.client_id, given.client_secret, given.app_name, tuple(given.redirect_uri))
    world = World(given.data, app=app, config=config, seed_name=given.seed)
    if given.minute:
        world.config.minute = config.minute
    print(f"QuickBooks Online simulator on http://{given.host}:{given.port}", flush=True)
    # Idle connections stay open long: a client's pooled connection closed by the server would look like a fault.
    uvicorn.run(
        build(world), host=given.host, port=given.port, http=CuttableProtocol, log_level="warning",
        access_log=False, timeout_keep_alive=600, timeout_graceful_shutdown=2, ws="none", server_header=False,
    )  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
