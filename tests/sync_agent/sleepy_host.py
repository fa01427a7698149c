"""The simulator's host on a computer that falls asleep with a write in hand: the file `asleep` appears, and it sleeps
until `awake` does. Folder first, then the host's own options.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from simulators.desktop import host

FOLDER = Path(sys.argv.pop(1))


class Sleepy(host.Bridge):
    def send(self, call: dict[str, Any]) -> dict[str, Any]:
        if "AddRq" in str(call["args"]):
            (FOLDER / "asleep").touch()
            while not (FOLDER / "awake").exists():
                time.sleep(0.05)
        return super().send(call)


host.Bridge = Sleepy  # type: ignore[misc]
sys.exit(host.main())
