from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
import redis

from script.house import demo, services, valkey
from script.house.children import Children, throw_away, wait_until
from script.house.postgres import Postgres, need_reachable
from script.house.postgres_programs import find_binaries
from script.house.refusal import ROOT, Refusal

PARENT = """
import sys, time
from pathlib import Path
from script.house.children import throw_away
from script.house.services import start_services
with throw_away() as (folder, children):
    start_services(children, folder)
    children.start("stubborn", [sys.executable, "-c", "import signal, time; signal.signal(15, 1); time.sleep(600)"])
    print(folder, *[each.process.pid for each in children.running], flush=True)
    time.sleep(600)
"""


@pytest.fixture(autouse=True)
def _own_services(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "REDIS_URL", "BIGTIME_PG"):
        monkeypatch.delenv(name, raising=False)


def eventually(true: Callable[[], bool], seconds: float = 60) -> bool:
    deadline = time.monotonic() + seconds
    while not true() and time.monotonic() < deadline:
        time.sleep(0.05)
    return true()


def group_is_gone(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.mark.parametrize("choice", ["system", "wheel"])
def test_a_server_of_our_own_starts_keeps_its_data_and_ends(tmp_path: Path, choice: str) -> None:
    try:
        find_binaries(choice)
    except Refusal:
        pytest.skip(f"no PostgreSQL of this kind here: {choice}")
    for expected in (0, 1):
        # Only the second run deletes what it leaves outside of the test's folder.
        with Children(tmp_path / "log", temporary=bool(expected)) as children:
            server = Postgres(tmp_path / "postgres", choice)
            with psycopg.connect(server.start(children), autocommit=True) as connection:
                connection.execute("CREATE TABLE IF NOT EXISTS kept (word text)")
                assert len(connection.execute("SELECT * FROM kept").fetchall()) == expected
                connection.execute("INSERT INTO kept VALUES ('Ünïcode')")
                assert connection.execute("SELECT upper(word) FROM kept").fetchone() == ("ÜNÏCODE",)
        assert not valkey.listens(server.port)


def test_the_database_takes_no_one_without_the_password(tmp_path: Path) -> None:
    with Children(tmp_path / "log", temporary=True) as children:
        server = Postgres(tmp_path / "postgres")
        server.start(children)
        assert stat.S_IMODE(server.password_file.stat().st_mode) == 0o600
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(f"postgres://bigtime:wrong@127.0.0.1:{server.port}/bigtime").close()


def test_as_root_without_user_namespaces_postgres_runs_as_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if os.geteuid():
        pytest.skip("only root needs another user")
    monkeypatch.setenv("BIGTIME_PG_ACCOUNT", "nobody")
    monkeypatch.setenv("BIGTIME_PG", "wheel")
    with Children(tmp_path / "log", temporary=True) as children:
        server = Postgres(tmp_path / "postgres", "wheel")
        server.start(children)
        owner = Path(f"/proc/{children.running[0].process.pid}").stat().st_uid
        assert (owner, server.data.stat().st_uid) == (65534, 65534)
    assert not server.folder.exists()


def test_data_of_another_version_are_refused_and_left_alone(tmp_path: Path) -> None:
    with Children(tmp_path / "log", temporary=True) as children:
        server = Postgres(tmp_path / "postgres")
        server.data.mkdir(parents=True)
        version = server.data / "PG_VERSION"
        version.write_text("12\n")
        with pytest.raises(Refusal, match=r"were made by PostgreSQL 12 and this is \d+; start again with --reset\.$"):
            server.start(children)
        assert version.read_text() == "12\n"
        assert children.running == []


def test_valkey_takes_no_one_without_the_password_and_ends(tmp_path: Path) -> None:
    with Children(tmp_path / "log", temporary=True) as children:
        address = valkey.start(children, tmp_path / "valkey")
        with redis.from_url(address) as client:
            assert client.ping() is True
        port = int(address.rpartition(":")[2].partition("/")[0])
        with redis.Redis(host="127.0.0.1", port=port) as stranger, pytest.raises(redis.AuthenticationError):
            stranger.ping()
    assert not valkey.listens(port)


def test_given_addresses_win_and_nothing_is_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Children(tmp_path / "log", temporary=True) as children:
        address = Postgres(tmp_path / "postgres").start(children)
        monkeypatch.setenv("DATABASE_URL", address)
        monkeypatch.setenv("REDIS_URL", "")
        started = len(children.running)
        assert services.start_services(children, tmp_path) == services.Services(address, "", own_database=False)
        assert len(children.running) == started


def test_a_check_on_a_given_server_leaves_no_database_behind(tmp_path: Path) -> None:
    with Children(tmp_path / "log", temporary=True) as children:
        given = services.Services(Postgres(tmp_path / "postgres").start(children), "", own_database=False)
        with services.own_database(given) as lent, psycopg.connect(lent.database_url) as connection:
            name = connection.info.dbname
            assert name.startswith("bigtime_check_")
        with psycopg.connect(given.database_url) as connection:
            found = connection.execute("SELECT count(*) FROM pg_database WHERE datname = %s", [name]).fetchone()
    assert found == (0,)


def test_a_database_that_does_not_answer_is_named_without_its_password() -> None:
    with pytest.raises(Refusal) as told:
        need_reachable("postgres://someone:secret@127.0.0.1:1/books")
    assert "127.0.0.1:1/books" in str(told.value)
    assert "secret" not in str(told.value)


def test_secrets_are_made_once_and_private(tmp_path: Path) -> None:
    first = services.kept_secrets(tmp_path / "demo")
    assert services.kept_secrets(tmp_path / "demo") == first
    assert stat.S_IMODE((tmp_path / "demo" / "secrets.json").stat().st_mode) == 0o600
    assert services.kept_secrets(tmp_path / "another") != first


def test_processes_get_the_settings_we_made_and_no_stray_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIGTIME_CRASH_AT", "after-send")
    monkeypatch.setenv("INTUIT_ENVIRONMENT", "production")
    given = services.Services("postgres://x/y", "", own_database=True)
    env = services.settings(given, tmp_path, base_url="http://127.0.0.1:1", simulator_url="http://127.0.0.1:2")
    assert "BIGTIME_CRASH_AT" not in env
    assert (env["INTUIT_ENVIRONMENT"], env["DATABASE_URL"], env["REDIS_URL"]) == ("simulator", "postgres://x/y", "")
    assert env["PATH"] == os.environ["PATH"]


def test_a_process_that_dies_is_named_with_its_last_words(tmp_path: Path) -> None:
    with Children(tmp_path / "log", temporary=True) as children:
        children.start("worker", [sys.executable, "-c", "print('no broker'); raise SystemExit(3)"])
        with pytest.raises(Refusal) as told:
            wait_until(lambda: False, children=children, seconds=15, what="BigTime")
    assert str(told.value) == "worker has ended by itself (status 3). Its last lines:\n    no broker"


def test_what_is_never_ready_is_given_up(tmp_path: Path) -> None:
    with (
        Children(tmp_path / "log", temporary=True) as children,
        pytest.raises(Refusal, match=r"^BigTime was not ready after 0 seconds"),
    ):
        wait_until(lambda: False, children=children, seconds=0.1, what="BigTime")


def test_the_throw_away_folder_is_gone_at_the_end() -> None:
    with throw_away() as (folder, children):
        child = children.start("sleeper", ["sleep", "600"])
        assert folder.is_dir()
    assert not folder.exists()
    assert child.process.returncode == -signal.SIGTERM


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_nothing_outlives_the_command_however_it_ends(number: signal.Signals) -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True, cwd=ROOT) as parent:
        assert parent.stdout is not None
        folder, *groups = parent.stdout.readline().split()
        assert len(groups) == 3
        parent.send_signal(number)
        parent.wait(30)
    assert eventually(lambda: all(group_is_gone(int(group)) for group in groups))
    assert eventually(lambda: not Path(folder).exists())


def test_a_second_demo_on_the_same_folder_is_refused(tmp_path: Path) -> None:
    with (
        demo.alone(tmp_path / "demo"),
        pytest.raises(Refusal, match="already running"),
        demo.alone(tmp_path / "demo"),
    ):
        pytest.fail("two demos share a folder")


def test_reset_erases_the_demo_and_never_a_database_that_was_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "secrets.json").write_text("{}")
    (tmp_path / "lock").touch()
    monkeypatch.setenv("DATABASE_URL", "postgres://x/y")
    with pytest.raises(Refusal, match="erases only a database that the demo made"):
        demo.erase(tmp_path)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["lock", "postgres", "secrets.json"]
    monkeypatch.delenv("DATABASE_URL")
    demo.erase(tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == ["lock"]


def test_a_taken_port_ends_the_demo_before_anything_is_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "FOLDER", tmp_path / "demo")
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        options = demo.arguments(["--port", str(holder.getsockname()[1])])
        with pytest.raises(Refusal, match="choose another port with --port"):
            demo.serve(options)
    assert [each.name for each in (tmp_path / "demo").iterdir()] == ["lock"]
