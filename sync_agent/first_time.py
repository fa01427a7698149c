"""Connecting, step by step and without a screen; the wizard and the command line both walk through it."""

from __future__ import annotations

import logging
import platform
import socket
from collections.abc import Callable
from datetime import UTC, datetime

from sync_agent import VERSION, bulletin, continuity, logbook, vault
from sync_agent.account import Account, SignedIn, account_of
from sync_agent.bulletin import Bulletin
from sync_agent.company import Company, look_at, stamp
from sync_agent.configuration import Configuration, checked_address
from sync_agent.connector import Connector
from sync_agent.host import Host, HostError, host_command
from sync_agent.hresults import trouble
from sync_agent.problems import SignedOut, Trouble
from sync_agent.schedule import Schedule, length_of_minute
from sync_agent.session import Result, Session
from sync_agent.transport import Transport

log = logging.getLogger("sync_agent.first_time")

ALWAYS = "Yes, Always; Allow Access Even If QuickBooks Is Not Running"
ANSWERS = (
    ("No", "The Sync Agent gets no access, and connecting ends here."),
    ("Yes, prompt each time", "Works, but somebody has to answer in QuickBooks at every check."),
    (
        "Yes, whenever this QuickBooks company file is open",
        "Works while the file is open in QuickBooks, and rests otherwise.",
    ),
    (ALWAYS, "Choose this one, and Admin as the QuickBooks user. Checks then go on by themselves."),
)


def reachable_host(configuration: Configuration) -> Host:
    """Starts the child that speaks to QuickBooks, as configured."""
    return Host(host_command(configuration.host), seconds=configuration.answer_seconds)


class Setup:
    """sign_in → register → connect → accept → first_sync. Each raises Trouble and can be tried again.

    What `register` got is kept at once, so that a program ended in the middle goes on where it was.
    """

    def __init__(self, configuration: Configuration, transport: Transport | None = None) -> None:
        self.configuration = configuration
        self.signed_in: SignedIn | None = None
        self.company: Company | None = None
        self._transport = transport or Transport(seconds=30)

    def sign_in(self, server: str, email: str, password: str, code: str = "") -> SignedIn:
        """Trouble with code "code_needed" asks for the second factor."""
        address = checked_address(server, plain_http=self.configuration.plain_http)
        if not email.strip() or not password:
            raise Trouble("E-mail address and password are both needed.")
        logbook.hide(password)
        self.signed_in = Account(address, self._transport).sign_in(email.strip(), password, code.strip())
        logbook.hide(self.signed_in.token)
        if not self.signed_in.firms:
            raise Trouble("You are no administrator of a firm in this BigTime.", "Sign in as an administrator.")
        self.configuration = self.configuration.with_changes(server=address, email=email.strip())
        return self.signed_in

    def register(self, firm: str) -> None:
        """Makes this computer an agent of the firm; the secret goes into the vault, the rest into the configuration."""
        if self.signed_in is None:
            raise Trouble("Sign in first.")
        facts = {"firm": firm, "computer": socket.gethostname(), "platform": platform.platform(), "version": VERSION}
        given = Account(self.configuration.server, self._transport).register(self.signed_in.token, facts)
        logbook.hide(given["secret"])
        log.info("Registered; the secret is kept in the %s", vault.keep(given["agent_id"], given["secret"]))
        names = ("agent_id", "soap_url", "firm_name", "app_name", "app_id", "owner_id", "file_id")
        known = {name: given[name] for name in names if given.get(name)}
        checked_address(known["soap_url"], plain_http=self.configuration.plain_http)
        self.configuration = self.configuration.with_changes(**known)

    def connect(self) -> Company:
        """Opens QuickBooks; it asks for access meanwhile, and this waits for the answer."""
        settings = self.configuration
        try:
            with reachable_host(settings) as host:
                host.open(
                    settings.app_id, settings.app_name, settings.company_file, seconds=settings.first_answer_seconds
                )
                stamp(host, settings)
                self.company = look_at(host, settings.owner_id)
        except HostError as error:
            log.warning("Connecting failed: %s", error)
            raise trouble(error.hresult, error.message) from error
        return self.company

    def accept(self, *, confirmed: bool = False) -> None:
        """Makes the company found the connected one. Trouble "other_company" asks whether that is really meant."""
        if self.company is None:
            raise Trouble("Connect to QuickBooks first.")
        found = self.company
        facts = {
            "company_file": found.file, "company_name": found.name, "quickbooks_user": found.user,
            "quickbooks_version": found.product, "file_id": found.file_id, "automatic_login": found.automatic_login,
            "confirmed": confirmed,
        }  # fmt: skip
        self._account().company(facts)
        self.configuration = self.configuration.with_changes(
            company_file=found.file,
            company_name=found.name,
            quickbooks_user=found.user,
            quickbooks_version=found.product,
        )

    def first_sync(
        self, progress: Callable[[int], object] = lambda percent: None, stopped: Callable[[], bool] = lambda: False
    ) -> Result:
        """Takes over from any other computer and runs one session. Raises Trouble when it did not come to an end."""
        self._account().sync_now()
        result = run_session(self.configuration, vault.recall(self.configuration.agent_id), progress, stopped)
        if result.trouble is not None:
            raise result.trouble
        if result.outcome in {"signed_out", "busy"}:
            raise Trouble(*REFUSED[result.outcome])
        _remember(result)
        return result

    def _account(self) -> Account:
        return account_of(self.configuration, self._transport, vault.recall(self.configuration.agent_id))


def _remember(result: Result) -> None:
    """As the agent's own last sync: it shows it, and checks for changes four minutes after it."""
    now = datetime.now(UTC)
    planned = Schedule(minute=length_of_minute()).after_sync_now(now).next_check
    bulletin.publish(
        Bulletin(
            state="Active",
            last_sync=now.isoformat() if result.outcome == "done" else "",
            last_result=result.words or "Done.",
            next_check=planned.isoformat() if planned else "",
        )
    )


REFUSED = {
    "signed_out": ("BigTime doesn't know this Sync Agent any more.", "Connect again: sign in as an administrator."),
    "busy": ("BigTime is busy with another Sync Agent of the same company.", "Try again in a minute."),
}


def run_session(
    configuration: Configuration,
    secret: str,
    progress: Callable[[int], object] = lambda percent: None,
    stopped: Callable[[], bool] = lambda: False,
    open_host: Callable[[], Host] | None = None,
) -> Result:
    """One session over a connection of its own, closed at the end."""
    transport = Transport()
    try:
        return Session(
            connector=Connector(configuration.soap_url, transport),
            configuration=configuration,
            secret=secret,
            open_host=open_host or (lambda: reachable_host(configuration)),
            progress=progress,
            stopped=stopped,
        ).run()
    finally:
        transport.close()


def is_signed_out(configuration: Configuration) -> bool:
    """Whether BigTime answers and says that these credentials are worth nothing, as after Disable."""
    secret = vault.recall(configuration.agent_id)
    try:
        account_of(configuration, Transport(seconds=15), secret).heartbeat({"state": "idle"})
    except SignedOut:
        return True
    except Trouble:
        return False
    return False


def without_credentials(configuration: Configuration) -> Configuration:
    """To sign in again: what was typed and configured stays, the dead credentials go."""
    vault.forget(configuration.agent_id)
    return configuration.with_changes(agent_id="", soap_url="", company_file="", company_name="")


def reset(configuration: Configuration) -> list[str]:
    """Forgets the connection: credentials at BigTime, secret and configuration here. Says what it could not do."""
    left = []
    secret = vault.recall(configuration.agent_id) if configuration.agent_id else ""
    if configuration.is_registered and secret:
        try:
            account_of(configuration, Transport(seconds=15), secret).sign_out()
        except Trouble as error:
            left.append(
                f"BigTime could not be told: {error.words} Its page shows this computer until you remove it there."
            )
    if configuration.agent_id:
        vault.forget(configuration.agent_id)
    configuration.path().unlink(missing_ok=True)
    continuity.forget()
    return left
