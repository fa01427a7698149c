"""What the demo hands to its Sync Agent, and what it leaves for script/agent."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import pytest

from script.house import desktop, freezer
from script.house.refusal import Refusal

BIGTIME, QUICKBOOKS = "http://127.0.0.1:8000", "http://127.0.0.1:8002"


def test_the_agent_gets_its_own_folder_and_none_of_the_servers_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BIGTIME_SECRET_KEY", "server's own")
    monkeypatch.setenv("SYNC_AGENT_MINUTE", "1")

    env = desktop.agent_environment(tmp_path, BIGTIME, QUICKBOOKS)

    assert (env["SYNC_AGENT_HOME"], env["BIGTIME_URL"]) == (str(tmp_path / "agent"), BIGTIME)
    assert env["SYNC_AGENT_AUTOSTART"] == "off"
    assert shlex.split(env["SYNC_AGENT_HOST"])[1:] == [
        "-m", "simulators.desktop.host", "--url", QUICKBOOKS, "--file", "lakeside-studio",
    ]  # fmt: skip
    assert not {"BIGTIME_SECRET_KEY", "SYNC_AGENT_MINUTE"} & set(env)


def test_what_is_left_for_script_agent_is_only_what_makes_it_the_demos(tmp_path: Path) -> None:
    env = desktop.agent_environment(tmp_path, BIGTIME, QUICKBOOKS)

    desktop.remember(tmp_path, env)

    assert desktop.remembered(tmp_path) == {name: env[name] for name in desktop.OWN}
    assert env["QUICKBOOKS_ACCESS"] == f"{QUICKBOOKS}/books/lakeside-studio/access"


def test_without_a_demo_it_says_how_to_start_one(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="python3 script/demo"):
        desktop.remembered(tmp_path)


def test_what_freezing_needs_is_named_by_its_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(freezer.shutil, "which", lambda name: None)
    monkeypatch.setattr(freezer, "_has_library", lambda: False)

    assert freezer.missing() == ["binutils", f"libpython3.{sys.version_info[1]}"]
