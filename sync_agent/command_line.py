"""sync_agent COMMAND: the Sync Agent without a screen; without a command it starts with its window and icon."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Callable, Sequence

from sync_agent import NAME, VERSION, autostart, commands, connecting, logbook
from sync_agent.problems import Trouble

_WITHOUT = "Use: sync_agent connect, then sync_agent run"


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit status: 0 done, 1 something is wrong and was said, 2 not a command."""
    options = _parser().parse_args(arguments)
    if options.command == "com-host":
        return int(importlib.import_module("sync_agent.com_host").main())
    logbook.start(loud=options.verbose)
    work: Callable[[argparse.Namespace], int] = options.work
    try:
        return work(options)
    except Trouble as trouble:
        if sys.stderr is not None:
            sys.stderr.write(f"{trouble.words}\n{trouble.mend}\n" if trouble.mend else f"{trouble.words}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    finally:
        logbook.stop()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="sync_agent", description=__doc__)
    parser.add_argument("--version", action="version", version=f"{NAME} {VERSION}")
    parser.add_argument("-v", "--verbose", action="store_true", help="write the log to the terminal as well")
    parser.set_defaults(command="start", work=_start, wizard=False)
    found = parser.add_subparsers(dest="command", metavar="COMMAND")
    _connect(found.add_parser("connect", help="sign in, connect the company file, and sync for the first time"))
    for name, work, words in (
        ("start", _start, "start with window and icon (the same as no command)"),
        ("sync", commands.sync, "sync now, and take over from another computer"),
        ("pause", commands.pause, "exchange nothing until resumed"),
        ("resume", commands.resume, "go on after a pause"),
        ("quit", commands.quit_agent, "end the running agent"),
        ("reset", commands.reset, "forget the connection, to connect afresh"),
    ):
        found.add_parser(name, help=words).set_defaults(work=work)
    run = found.add_parser("run", help="run without a screen until ended")
    run.add_argument("--wait", action="store_true", help="wait for a connection first, and again after each end")
    run.set_defaults(work=commands.run)
    for name, work, words in (
        ("status", commands.status, "how the agent is"),
        ("check", commands.check, "check my set-up: what stands in the way, and what mends it"),
    ):
        one = found.add_parser(name, help=words)
        one.add_argument("--json", action="store_true", help="for a program to read")
        one.set_defaults(work=work)
    start = found.add_parser("autostart", help="start by itself when you sign in to the computer")
    start.add_argument("switch", choices=["on", "off"])
    start.set_defaults(work=_autostart)
    found.add_parser("com-host")
    return parser


def _connect(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--server", help="BigTime's address, as your browser shows it")
    parser.add_argument("--email", help="of a BigTime administrator; the password is asked for")
    parser.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    parser.add_argument("--code", default="", help="the second factor's six digits, when it is on")
    parser.add_argument("--firm", default="", help="the firm's name, when you administer several")
    parser.add_argument("--host", default="", help="command line of a simulated company file, in place of QuickBooks")
    parser.add_argument("--plain-http", action="store_true", help="allow an address that is not encrypted")
    parser.add_argument("--yes", action="store_true", help="connect a different company file without asking")
    parser.add_argument("--no-first-sync", action="store_true", help="connect only")
    parser.set_defaults(work=connecting.connect)


def _autostart(options: argparse.Namespace) -> int:
    (autostart.turn_on if options.switch == "on" else autostart.turn_off)()
    commands.say(f"The Sync Agent starts by itself: {options.switch}.")
    return 0


def _start(options: argparse.Namespace) -> int:
    """The screens need tkinter and a display, which a server may not have."""
    try:
        return int(importlib.import_module("sync_agent.screens.starting").start())
    except ImportError as error:
        missing = error.name or "tkinter"
        raise Trouble(f"No window can be shown ({missing} is missing).", _WITHOUT) from error
    except Exception as error:
        # tkinter's own error, which can't be named where tkinter isn't.
        if type(error).__name__ != "TclError" or "display" not in str(error):
            raise
        raise Trouble("There is no screen to show a window on.", _WITHOUT) from error
