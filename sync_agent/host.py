"""QuickBooks in a process of its own, spoken to by lines of JSON, and ended when it does not answer in time.

The child is `com_host` on Windows. Elsewhere it is whatever command the configuration names, which lets a simulated
company file stand in for the real one.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import queue
import shlex
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from sync_agent.hresults import UNANSWERED, tidy
from sync_agent.problems import Trouble

log = logging.getLogger("sync_agent.host")
_DO_NOT_CARE, _LOCAL = 2, 1


class HostError(Exception):
    """The request processor raised: its number as 0x and eight digits, and its words."""

    def __init__(self, hresult: str, message: str) -> None:
        super().__init__(f"{hresult} {message}")
        self.hresult, self.message = hresult, message


class Unanswered(HostError):
    """The host was silent or ended; whatever it was asked may have been done."""

    def __init__(self, message: str) -> None:
        super().__init__(UNANSWERED, message)


def own_command(name: str) -> list[str]:
    """The command that runs this very program again with one of its commands: frozen, .pyz or a folder."""
    if getattr(sys, "frozen", False):
        # A Windows program without a console has no standard input to listen to; its sibling with one has.
        sibling = Path(sys.executable).with_name("sync-agent-console.exe")
        return [str(sibling) if name == "com-host" and sibling.is_file() else sys.executable, name]
    archive = Path(sys.argv[0])
    if archive.suffix == ".pyz" and archive.is_file():
        return [sys.executable, str(archive.resolve()), name]
    return [sys.executable, "-m", "sync_agent", name]


def host_command(configured: Sequence[str]) -> list[str]:
    """The child's command line: as configured, else SYNC_AGENT_HOST, else COM on Windows.

    Raises Trouble where there is no QuickBooks.
    """
    if configured:
        return list(configured)
    if os.environ.get("SYNC_AGENT_HOST"):
        return shlex.split(os.environ["SYNC_AGENT_HOST"])
    if sys.platform == "win32":
        return own_command("com-host")
    raise Trouble(
        "QuickBooks Desktop runs on Windows only, and this computer has another system.",
        "Install the Sync Agent on the computer where QuickBooks is, or name a simulated company file with --host.",
    )


class Host:
    """One child process with at most one connection and one session, closed in any case at the end."""

    def __init__(self, command: Sequence[str], *, seconds: float = 300.0) -> None:
        self._seconds, self._number, self._ticket = seconds, 0, ""
        self._said: queue.Queue[str | None] = queue.Queue()
        self._open = False
        self._process = _started(command)
        threading.Thread(target=self._listen, name="host-answers", daemon=True).start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def open(self, app_id: str, app_name: str, company_file: str, *, seconds: float | None = None) -> None:
        """OpenConnection2 and BeginSession; the second waits while QuickBooks asks whether to give access."""
        self.call("OpenConnection2", app_id, app_name, _LOCAL)
        self._open = True
        self._ticket = str(self.call("BeginSession", company_file, _DO_NOT_CARE, seconds=seconds))

    def process(self, qbxml: str) -> str:
        return str(self.call("ProcessRequest", self._ticket, qbxml))

    def company_file(self) -> str:
        return str(self.call("GetCurrentCompanyFileName", self._ticket))

    def versions(self) -> list[str]:
        """The qbXML versions the file speaks; empty when QuickBooks does not say."""
        try:
            said = self.call("QBXMLVersionsForSession", self._ticket)
        except Unanswered:
            raise
        except HostError:
            return []
        return [str(version) for version in said] if isinstance(said, list | tuple) else []

    def call(self, method: str, *args: Any, seconds: float | None = None) -> Any:
        """One question, one answer. Raises HostError, or Unanswered after ending the child."""
        self._number += 1
        line = json.dumps({"id": self._number, "method": method, "args": list(args)})
        try:
            assert self._process.stdin is not None  # noqa: S101 - it was started with a pipe
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()
        except OSError as error:
            self.kill()
            raise Unanswered(f"QuickBooks' process ended before {method}.") from error
        return self._answer(method, self._seconds if seconds is None else seconds)

    def close(self) -> None:
        """EndSession and CloseConnection, since an open session keeps QuickBooks from closing; then the child."""
        goodbye = 15.0
        try:
            if self._process.poll() is None and self._ticket:
                self.call("EndSession", self._ticket, seconds=goodbye)
            if self._process.poll() is None and self._open:
                self.call("CloseConnection", seconds=goodbye)
        except HostError as error:
            log.warning("QuickBooks did not close cleanly: %s", error)
        self._ticket, self._open = "", False
        self._leave()

    def kill(self) -> None:
        """Ends the child at once, and whatever it started itself."""
        if self._process.poll() is None:
            log.warning("Ending QuickBooks' process %s", self._process.pid)
            if sys.platform == "win32":
                self._process.kill()
            else:
                # It may have ended by itself in the meantime.
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(self._process.pid, 9)
        self._process.wait()
        self._ticket, self._open = "", False

    def __enter__(self) -> Host:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _answer(self, method: str, seconds: float) -> Any:
        try:
            line = self._said.get(timeout=seconds)
        except queue.Empty:
            self.kill()
            raise Unanswered(f"QuickBooks didn't answer {method} within {seconds:g} seconds.") from None
        if line is None:
            self.kill()
            raise Unanswered(f"QuickBooks' process ended during {method}.")
        try:
            said = json.loads(line)
            if said["id"] != self._number:
                raise ValueError(said["id"])
            error = said.get("error")
            if error is not None:
                raise HostError(tidy(error["hresult"]), str(error.get("message", "")))
            return said.get("result")
        except (ValueError, KeyError, TypeError, AttributeError) as problem:
            # Whoever answers out of turn can't be believed again: the next answer might belong to this question.
            self.kill()
            raise Unanswered(f"QuickBooks' process answered {method} with something unreadable.") from problem

    def _listen(self) -> None:
        assert self._process.stdout is not None  # noqa: S101 - it was started with a pipe
        try:
            for line in self._process.stdout:
                self._said.put(line)
        except (OSError, ValueError):
            pass
        self._said.put(None)

    def _leave(self) -> None:
        if self._process.stdin is not None:
            try:
                self._process.stdin.close()
            except OSError:
                log.info("The host had gone already")
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.kill()


def _environment() -> dict[str, str]:
    """Ours, with UTF-8. A frozen program on Linux finds its own libraries first, which is wrong for any other one."""
    found = {**os.environ, "PYTHONIOENCODING": "utf-8", "PYTHONUTF8": "1"}
    if getattr(sys, "frozen", False) and sys.platform == "linux":
        before = found.pop("LD_LIBRARY_PATH_ORIG", "")
        found.pop("LD_LIBRARY_PATH", None)
        found |= {"LD_LIBRARY_PATH": before} if before else {}
    return found


def _started(command: Sequence[str]) -> subprocess.Popen[str]:
    hidden = getattr(subprocess, "CREATE_NO_WINDOW", 0)
    try:
        return subprocess.Popen(
            list(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            encoding="utf-8", creationflags=hidden, start_new_session=sys.platform != "win32",
            env=_environment(),
        )  # fmt: skip
    except OSError as error:
        raise Trouble(
            f"The program that speaks to QuickBooks can't be started: {error}.", "Install the Sync Agent again."
        ) from error
