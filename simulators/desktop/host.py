"""``python -m simulators.desktop.host --url http://127.0.0.1:8002``: the simulator as a request-processor host.

One JSON call a line on standard input, one JSON answer a line on standard output, as the host on Windows speaks it.
Standard library only: it starts quickly and can be killed at any moment, like the real one.
"""

from __future__ import annotations

import argparse
import json
import sys
import urllib.error
import urllib.request
import uuid
from typing import Any

UNREACHABLE = {"hresult": "0x80040401", "message": "Could not access QuickBooks."}


class Bridge:
    """Passes calls on; everything it opened is closed when standard input ends."""

    def __init__(self, url: str, opened: str, computer: str = "") -> None:
        self.url, self.opened, self.computer = url.rstrip("/"), opened, computer
        self.id = str(uuid.uuid4())
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def answer(self, line: str) -> dict[str, Any]:
        try:
            asked = json.loads(line)
            call = {"id": asked.get("id"), "method": asked["method"], "args": asked.get("args", [])}
        except (ValueError, KeyError, AttributeError):
            return {"id": None, "error": {"hresult": "0x80020003", "message": "That line isn't a call."}}
        return self.send(call)

    def send(self, call: dict[str, Any]) -> dict[str, Any]:
        data = json.dumps({**call, "host": self.id, "opened": self.opened, "computer": self.computer}).encode()
        request = urllib.request.Request(f"{self.url}/rp", data, {"Content-Type": "application/json"})  # noqa: S310
        try:
            with self._opener.open(request) as reply:
                answer: dict[str, Any] = json.loads(reply.read())
        except (OSError, ValueError, urllib.error.URLError):
            return {"id": call["id"], "error": UNREACHABLE}
        return answer

    def close(self) -> None:
        self.send({"id": None, "method": "CloseConnection", "args": []})


def main() -> int:
    parser = argparse.ArgumentParser(prog="simulators.desktop.host")
    parser.add_argument("--url", required=True, help="address of the simulator")
    parser.add_argument("--file", default="", help="company file open in QuickBooks on this computer (path or id)")
    parser.add_argument("--computer", default="", help="its name, where several have the company file open")
    given = parser.parse_args()
    bridge = Bridge(given.url, given.file, given.computer)
    sys.stdin.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    try:
        for line in sys.stdin:
            if line.strip():
                sys.stdout.write(json.dumps(bridge.answer(line)) + "\n")
                sys.stdout.flush()
    except (KeyboardInterrupt, BrokenPipeError):
        pass
    finally:
        bridge.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
