"""The wizard and the status window on a real screen that nobody sees."""

from __future__ import annotations

import os
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from sync_agent import autostart
from sync_agent.agent import Agent
from sync_agent.bulletin import Bulletin
from sync_agent.configuration import Configuration, load
from sync_agent.instance import OnlyOne, is_running
from sync_agent.keeping import Keeper
from sync_agent.problems import Trouble
from sync_agent.screens import menu
from tests.sync_agent.screen import hidden_screen
from tests.sync_agent.service import PASSWORD, Service

pytest.importorskip("tkinter", reason="this Python was built without tkinter")

from sync_agent.screens import starting, theme, tray
from sync_agent.screens.elsewhere import Elsewhere
from sync_agent.screens.pages import Connect, FirstSync, Welcome
from sync_agent.screens.status import StatusWindow
from sync_agent.screens.wizard import first_page, wizard

needs_screen = pytest.mark.skipif(not shutil.which("Xvfb"), reason="Xvfb isn't installed")
Hosts = Callable[..., tuple[str, ...]]


@pytest.fixture(scope="module")
def screen() -> Iterator[None]:
    before = os.environ.get("DISPLAY")
    with hidden_screen() as display:
        os.environ["DISPLAY"] = display
        yield
    os.environ.pop("DISPLAY") if before is None else os.environ.update(DISPLAY=before)


def until(root: Any, condition: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        root.update()
        time.sleep(0.01)


def until_true(condition: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def texts(widget: Any) -> list[str]:
    """Every text on the window, and what its fields hold."""
    own = [str(widget.cget("text"))] if "text" in widget.keys() else []  # noqa: SIM118 - a widget is no mapping
    return [text for text in own if text] + [text for child in widget.winfo_children() for text in texts(child)]


@needs_screen
def test_the_wizard_from_begin_to_finish(screen: None, service: Service, host: Hosts) -> None:

    service.requests.extend(["<A/>", "<B/>"])
    window = wizard(Configuration().with_changes(host=host()))

    def step(button: str, then: str) -> None:
        assert window.button.cget("text") == button
        window.button.invoke()
        until(window.root, lambda: type(window.page).__name__ == then)

    step("Begin", "SignIn")
    page: Any = window.page
    page.server.insert(0, service.url)
    page.email.insert(0, "ada@northwind.test")
    page.password.insert(0, "wrong")
    window.button.invoke()
    until(window.root, lambda: not window.background.busy)
    assert "E-mail address or password is wrong." in texts(window.root)
    page.password.delete(0, "end")
    page.password.insert(0, PASSWORD)
    step("Sign in", "Connect")
    assert any("Yes, Always; Allow Access Even If QuickBooks Is Not Running" in text for text in texts(window.root))
    step("Connect", "Found")
    shown = texts(window.root)
    assert {"Café Northwind", r"C:\Books\Northwind.qbw", "Admin"} <= set(shown)
    assert load().company_file == ""
    step("Continue", "Done")
    assert load().company_file == r"C:\Books\Northwind.qbw"
    assert service.names().count("receiveResponseXML") == 2
    window.button.invoke()

    assert window.finished
    assert autostart.is_on()


@needs_screen
def test_a_wizard_closed_in_the_middle_goes_on_there(
    screen: None, service: Service, connected: Configuration, host: Hosts
) -> None:

    assert first_page(Configuration()) is Welcome
    assert first_page(connected) is FirstSync
    window = wizard(replace(connected, company_file="", host=host({"method": "BeginSession", "hresult": "0x80040420"})))
    assert isinstance(window.page, Connect)

    window.button.invoke()
    until(window.root, lambda: not window.background.busy)

    assert "QuickBooks refused access: somebody answered No." in texts(window.root)
    assert str(window.button.cget("state")) == "normal"
    window.close()
    assert not window.finished


@needs_screen
def test_another_company_file_is_connected_only_when_continue_is_pressed_again(
    screen: None, service: Service, connected: Configuration
) -> None:

    service.refusals["company"] = (409, {"error": "other_company", "message": "Another company was connected."})
    window = wizard(replace(connected, company_file=""))
    window.button.invoke()
    until(window.root, lambda: type(window.page).__name__ == "Found")
    window.button.invoke()
    until(window.root, lambda: not window.background.busy)
    assert "Press Continue again to connect this company file all the same." in texts(window.root)

    service.refusals.clear()
    window.button.invoke()
    until(window.root, lambda: type(window.page).__name__ == "Done")
    assert [call.facts["confirmed"] for call in service.of("company")] == [False, True]
    window.close()


@needs_screen
def test_the_status_window_shows_what_the_agent_says(screen: None, connected: Configuration) -> None:

    chosen: list[str] = []
    window = StatusWindow(connected, chosen.append)
    window.told(
        Bulletin(state="Failed to open connection", words="QuickBooks isn't running.", mend="Start QuickBooks.")
    )
    shown = texts(window.root)
    assert {"● Failed to open connection", "QuickBooks isn't running. Start QuickBooks."} <= set(shown)

    window.told(Bulletin(state="Active", percent=40, activity="Customers: 400 of 1 200", paused=False))
    assert {"● Syncing 40%", "Customers: 400 of 1 200", "Sync now", "Pause", "Reset connection"} <= set(
        texts(window.root)
    )
    window._buttons.winfo_children()[0].invoke()
    assert chosen == ["sync"]

    window.check()
    until(window.root, lambda: not window.background.busy)
    checked = [text for text in texts(window.root) if text.startswith("✓  ")]
    assert [text[3:].split(":")[0] for text in checked][:3] == [
        "Windows administrator", "Hosted environment", "QuickBooks installed",
    ]  # fmt: skip
    window.background.stop()
    theme.close(window.root)


@needs_screen
def test_the_program_runs_with_its_window_and_ends_with_quit(
    screen: None, service: Service, connected: Configuration, monkeypatch: pytest.MonkeyPatch
) -> None:

    monkeypatch.setattr(starting, "tray", lambda now, chosen: None)
    desktop = starting.Desktop(connected, Agent(connected))
    desktop.window.root.after(1500, lambda: desktop.chosen("quit"))

    assert desktop.run() is False
    assert "authenticate" in service.names()


@needs_screen
def test_signing_in_again_keeps_what_was_typed_and_starts_the_wizard(
    screen: None, service: Service, connected: Configuration, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.refusals["heartbeat"] = (401, {"error": "signed_out"})
    monkeypatch.setattr(starting, "tray", lambda now, chosen: None)
    desktop = starting.Desktop(connected, Agent(connected))
    desktop.window.root.after(1200, lambda: desktop.chosen("sign_in"))

    assert desktop.run() is True
    assert first_page(load()) is Welcome
    assert (load().server, load().email, load().host) == (connected.server, connected.email, connected.host)


@needs_screen
def test_a_second_window_shows_the_agent_that_runs_already_and_leaves_it_running(
    screen: None, service: Service, connected: Configuration
) -> None:
    keeper = Keeper()
    thread = threading.Thread(target=keeper.run, daemon=True)
    thread.start()
    try:
        until_true(is_running)
        window = starting.Desktop(connected, Elsewhere(connected))
        root = window.window.root
        seen: list[str] = []
        root.after(1200, lambda: seen.extend(texts(root)))
        root.after(1300, lambda: window.chosen("pause"))
        root.after(3000, lambda: seen.extend(texts(root)))
        root.after(3100, window._closed)

        assert window.run() is False

        assert "● Active" in seen
        assert "● Paused" in seen
        assert is_running()
    finally:
        keeper.over.set()
        thread.join(20)


@needs_screen
def test_starting_twice_opens_a_window_and_only_connecting_twice_is_refused(
    screen: None, service: Service, connected: Configuration, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[object] = []
    monkeypatch.setattr(starting.Desktop, "__init__", lambda self, settings, agent: shown.append(type(agent)))
    monkeypatch.setattr(starting.Desktop, "run", lambda self: False)
    with OnlyOne():
        assert starting.start() == 0
        assert shown == [Elsewhere]
        connected.with_changes(company_file="")
        with pytest.raises(Trouble, match="running already"):
            starting.start()


def test_the_menu_has_every_entry_and_follows_the_state() -> None:
    labels = [entry.label for entry in menu.entries(Bulletin(state="Active", company_file=r"C:\a.qbw"))]

    assert labels == [
        "Status: Active", r"Company file: C:\a.qbw", "Last sync: never", "Next check: none planned", "", "Sync now",
        "Pause", "Open BigTime", "Check my set-up", "Reset connection", "Quit",
    ]  # fmt: skip
    assert "Resume" in [entry.label for entry in menu.entries(Bulletin(state="Paused"))]
    assert menu.Entry("Sign in again", "sign_in") in menu.entries(Bulletin(state="Not connected"))
    assert menu.entries(Bulletin(state="Active", percent=40))[0].label == "Status: Syncing 40%"


def test_the_tray_offers_the_menu_and_passes_on_what_is_chosen(monkeypatch: pytest.MonkeyPatch) -> None:

    made: dict[str, Any] = {}

    class Icon:
        def __init__(self, name: str, picture: object, title: str, menu: Any) -> None:
            made.update(icon=self, menu=menu)
            self.icon, self.title = picture, title

        def run_detached(self) -> None: ...
        def update_menu(self) -> None: ...
        def stop(self) -> None: ...

    class Menu:
        SEPARATOR = "---"

        def __init__(self, items: Callable[[], list[Any]]) -> None:
            self.items = items

    def item(label: str, action: Callable[[object, object], object], **how: bool) -> Any:
        return SimpleNamespace(label=label, action=action, **how)

    monkeypatch.setitem(sys.modules, "pystray", SimpleNamespace(Icon=Icon, Menu=Menu, MenuItem=item))
    monkeypatch.setattr(tray, "picture", lambda state: f"picture of {state}")
    chosen: list[str] = []
    icon = tray.tray(Bulletin(state="Active"), chosen.append)
    assert icon is not None

    icon.told(Bulletin(state="Standby"))
    assert (made["icon"].icon, made["icon"].title) == ("picture of Standby", "BigTime Sync Agent: Standby")
    entry = next(one for one in made["menu"].items() if one != "---" and one.label == "Sync now")
    entry.action(icon, entry)
    assert chosen == ["sync"]


def test_without_a_tray_the_window_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pystray", None)

    assert tray.tray(Bulletin(), lambda action: None) is None
