"""sync_agent connect: the wizard's steps as questions and answers in a terminal."""

from __future__ import annotations

import argparse
import getpass
import shlex
import sys

from sync_agent import autostart
from sync_agent.account import SignedIn
from sync_agent.bulletin import clear
from sync_agent.commands import ended, say
from sync_agent.configuration import Configuration, known_address, load
from sync_agent.first_time import ALWAYS, ANSWERS, Setup, is_signed_out, without_credentials
from sync_agent.instance import OnlyOne, is_running
from sync_agent.problems import Trouble


def connect(options: argparse.Namespace) -> int:
    """Signs in, registers, opens QuickBooks, and syncs for the first time. Goes on where an earlier try stopped."""
    if is_running() and load().is_registered and is_signed_out(load()):
        # What runs has credentials that are worth nothing any more; it only stands in the way.
        ended(30)
    with OnlyOne():
        settings = load()
        if settings.is_registered and is_signed_out(settings):
            settings = without_credentials(settings)
        if settings.is_registered and settings.company_file:
            raise Trouble(
                f"Already connected to {settings.company_file}.", "To connect afresh, first run: sync_agent reset"
            )
        setup = Setup(_told(settings, options))
        if not settings.is_registered:
            _registered(setup, options)
        _opened(setup, yes=options.yes)
        clear()
        if not options.no_first_sync:
            _first_sync(setup)
    say("Connected. Start the Sync Agent with: sync_agent start (or run, without a screen).")
    if autostart.is_offered() and not autostart.is_on():
        say("To have it start by itself: sync_agent autostart on")
    return 0


def _told(settings: Configuration, options: argparse.Namespace) -> Configuration:
    changes: dict[str, object] = {"plain_http": settings.plain_http or options.plain_http}
    if options.host:
        changes["host"] = tuple(shlex.split(options.host))
    return settings.with_changes(**changes)


def _registered(setup: Setup, options: argparse.Namespace) -> None:
    server = options.server or setup.configuration.server or known_address() or _asked("BigTime's address: ")
    email = options.email or _asked("E-mail address: ")
    password = sys.stdin.readline().rstrip("\n") if options.password_stdin else getpass.getpass("Password: ")
    try:
        signed_in = setup.sign_in(server, email, password, options.code)
    except Trouble as trouble:
        if trouble.code != "code_needed":
            raise
        signed_in = setup.sign_in(server, email, password, _asked("Code from your authenticator app: "))
    say(f"Signed in as {signed_in.person or email}.")
    setup.register(_firm(signed_in, options.firm))


def _firm(signed_in: SignedIn, wanted: str) -> str:
    if not wanted and len(signed_in.firms) == 1:
        return signed_in.firms[0][0]
    for number, name in signed_in.firms:
        if wanted in {number, name}:
            return number
    names = ", ".join(name for _, name in signed_in.firms)
    raise Trouble(
        "Which firm is it?" if not wanted else f"There is no firm {wanted!r}.", f"Name it with --firm: {names}."
    )


def _opened(setup: Setup, *, yes: bool) -> None:
    say("QuickBooks now asks whether the Sync Agent may have access. Its answers:")
    for answer, meaning in ANSWERS:
        say(f"  {answer}\n      {meaning}")
    company = setup.connect()
    say(f"Company file: {company.file or company.name}")
    say(f"QuickBooks user: {company.user or 'the one signed in to QuickBooks'}")
    if not company.automatic_login:
        say(f"QuickBooks lets the agent in only while the file is open. To change it, choose “{ALWAYS}”.")
    try:
        setup.accept(confirmed=yes)
    except Trouble as trouble:
        if trouble.code != "other_company" or not sys.stdin.isatty():
            raise
        say(trouble.words)
        if _asked("Connect this company file all the same? Type yes: ").lower() != "yes":
            raise
        setup.accept(confirmed=True)


def _first_sync(setup: Setup) -> None:
    shown = -1

    def progress(percent: int) -> None:
        nonlocal shown
        if percent != shown:
            shown = percent
            say(f"First sync: {percent}%")

    result = setup.first_sync(progress)
    say(result.words or "First sync done.")


def _asked(question: str) -> str:
    try:
        return input(question).strip()
    except EOFError:
        raise Trouble(f"An answer is missing: {question.rstrip(': ')}.") from None
