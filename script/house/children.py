"""The processes a command starts: each in its own group with its own log, all ended when the command ends."""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from types import FrameType, TracebackType
from typing import IO, Any, Callable, Dict, Iterator, List, Mapping, Optional, Sequence, Tuple, Type, cast

from . import guard
from .refusal import Refusal


class Child:
    """A started process: its name for people, its log and how it is ended politely."""

    def __init__(
        self, name: str, process: "subprocess.Popen[bytes]", log: Path, stop_signal: int, *, own_group: bool
    ) -> None:
        self.name = name
        self.process = process
        self.log = log
        self.stop_signal = stop_signal
        self.own_group = own_group

    def signal(self, number: int) -> None:
        """Send a signal to the process and, where it leads a group of its own, to everything in it."""
        if self.own_group:
            guard.tell([self.process.pid], number)
        elif number != signal.SIGINT:
            # On a terminal Ctrl-C has reached it already, and a second one would cut its last words off.
            self.process.send_signal(number)

    def last_lines(self, count: int = 15) -> str:
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return "\n".join(f"    {line}" for line in text.splitlines()[-count:]) or "    (it wrote nothing)"


class Children:
    """A context in which processes are started; leaving it, in whatever way, ends them, the newest first.

    Ctrl-C, SIGTERM and SIGHUP leave it; after kill -9 the guard (a separate process) does the same work.
    """

    def __init__(self, logs: Path, *, temporary: bool = False) -> None:
        self.logs = logs
        self.temporary = temporary
        self.running: List[Child] = []

    def __enter__(self) -> "Children":
        self.logs.mkdir(parents=True, exist_ok=True)
        self._guard = subprocess.Popen(
            [sys.executable, "-I", guard.__file__], stdin=subprocess.PIPE, text=True, start_new_session=True
        )
        self._pipe = cast(IO[str], self._guard.stdin)
        self._before = {each: signal.signal(each, _leave) for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
        return self

    def start(
        self,
        name: str,
        command: Sequence[str],
        *,
        env: Optional[Mapping[str, str]] = None,
        stop_signal: int = signal.SIGTERM,
        openly: bool = False,
        **options: Any,
    ) -> Child:
        """Start `command` in its own process group, its output going to `NAME.log`; Refusal if it can't be run.

        Openly means: its output goes where ours goes, and it may read the terminal, if there is one.
        """
        log = self.logs / f"{name}.log"
        on_terminal = openly and sys.stdin is not None and sys.stdin.isatty()
        with log.open("ab") as sink:
            streams: Dict[str, Any] = {} if openly else {"stdout": sink, "stderr": sink}
            if not on_terminal:
                streams["stdin"] = subprocess.DEVNULL
            # A program on the terminal stays in our group: only the foreground group may read and gets Ctrl-C.
            options.update(streams, start_new_session=not on_terminal)
            try:
                process = subprocess.Popen(list(command), env=env and dict(env), **options)
            except OSError as error:
                raise Refusal(f"{name} could not be started: {error}.") from None
        child = Child(name, process, log, stop_signal, own_group=not on_terminal)
        if child.own_group:
            self._say(f"+ {process.pid} {stop_signal}")
        self.running.append(child)
        return child

    def delete_at_end(self, folder: Path) -> None:
        """Delete `folder` when everything has ended, even if this process was killed."""
        self._say(f"folder {folder}")

    def need_all_alive(self) -> None:
        """Raises Refusal with the name of a process that has ended by itself and the last lines of its log."""
        for child in self.running:
            status = child.process.poll()
            if status is not None:
                raise Refusal(
                    f"{child.name} has ended by itself (status {status}). Its last lines:\n{child.last_lines()}"
                )

    def stop(self, child: Child, patience: float = guard.PATIENCE) -> None:
        """End one process and everything in its group; kill what is left when patience (seconds) ends."""
        child.signal(child.stop_signal)
        try:
            child.process.wait(patience)
        except subprocess.TimeoutExpired:
            child.signal(signal.SIGKILL)
            child.process.wait()
        # The leader may have left members behind.
        child.signal(signal.SIGKILL)
        if child.own_group:
            self._say(f"- {child.process.pid}")
        self.running.remove(child)

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        # A second Ctrl-C must not leave half of them running.
        for number in self._before:
            signal.signal(number, signal.SIG_IGN)
        for child in reversed(list(self.running)):
            self.stop(child)
        self._pipe.close()
        self._guard.wait()
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _say(self, line: str) -> None:
        self._pipe.write(line + "\n")
        self._pipe.flush()


def _leave(number: int, _frame: Optional[FrameType]) -> None:
    raise KeyboardInterrupt(f"signal {number}")


@contextmanager
def throw_away() -> Iterator[Tuple[Path, Children]]:
    """A new private folder and the processes that live in it; both are gone at the end, even after kill -9."""
    folder = Path(tempfile.mkdtemp(prefix="bigtime-"))
    with Children(folder / "log", temporary=True) as children:
        children.delete_at_end(folder)
        yield folder, children


def wait_until(ready: Callable[[], bool], *, children: Children, seconds: float, what: str) -> None:
    """Ask `ready()` until it is true. Raises Refusal when a process dies meanwhile or the time is over."""
    deadline = time.monotonic() + seconds
    while not ready():
        children.need_all_alive()
        if time.monotonic() > deadline:
            logs = "\n".join(f"{child.name}:\n{child.last_lines(6)}" for child in children.running)
            raise Refusal(f"{what} was not ready after {seconds:.0f} seconds.\n{logs}")
        time.sleep(0.05)
