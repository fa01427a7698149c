from __future__ import annotations

import sys
from pathlib import Path

import pytest

from script.house import chromium
from script.house.children import Children
from script.house.refusal import Refusal
from script.house.stages import Beside, Result, run_openly, run_quietly, summary
from script.house.testing import arguments, beside, crash_command, pytest_command, rest_command

PYTEST = [sys.executable, "-m", "pytest"]


@pytest.fixture(autouse=True)
def _without_a_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BIGTIME_SEED", raising=False)


def command(*given: str) -> list[str]:
    return pytest_command(*arguments(list(given)))


def test_everything_is_run_on_two_processes() -> None:
    assert command() == [*PYTEST, "-n", "2"]


def test_a_seed_is_of_the_order_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIGTIME_SEED", "7")
    assert command() == [*PYTEST, "-n", "2", "--randomly-seed", "7"]
    assert crash_command(*arguments([]))[3:7] == ["--randomly-seed", "7", "-n", "4"]


def test_what_forks_is_run_apart_from_what_leaves_threads() -> None:
    everything = arguments([])
    crash = crash_command(*everything)
    assert crash[-2:] == ["-m", "crash or soak"]
    names = {Path(each).name for each in crash if each.endswith(".py")}
    assert names >= {"test_kills.py", "test_points.py", "test_tokens.py"}
    assert "test_matrix.py" not in names
    assert rest_command(*everything)[-2:] == ["-m", "not crash and not soak"]


def test_a_part_that_was_asked_for_is_one_run() -> None:
    for given in (["--fast"], ["--soak", "5"], ["--", "-k", "name"]):
        assert crash_command(*arguments(given)) == []
        assert rest_command(*arguments(given)) == command(*given)


def test_two_runs_beside_each_other_have_databases_and_keys_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    env = {"DATABASE_URL": "postgres://x/bigtime", "REDIS_URL": "redis://:secret@127.0.0.1:9/0", "OTHER": "1"}
    apart = {**env, "DATABASE_URL": "postgres://x/bigtime_crash", "REDIS_URL": "redis://:secret@127.0.0.1:9/1"}
    monkeypatch.delenv("REDIS_URL", raising=False)
    assert beside(env) == apart
    assert beside({**env, "REDIS_URL": ""})["REDIS_URL"] == ""
    monkeypatch.setenv("REDIS_URL", env["REDIS_URL"])
    assert beside(env) == {**apart, "REDIS_URL": env["REDIS_URL"]}


def test_what_follows_the_dashes_goes_to_pytest() -> None:
    assert command("--fast", "--", "-k", "name", "--fast") == [
        *PYTEST, "-n", "2", "-m", "not browser and not crash and not soak", "-k", "name", "--fast",
    ]  # fmt: skip


def test_pytests_own_number_of_processes_wins() -> None:
    assert command("--", "-n", "0") == [*PYTEST, "-n", "0"]


def test_a_soak_runs_only_the_crashes_and_without_a_time_limit() -> None:
    assert command("--soak", "20") == [*PYTEST, "-n", "0", "-m", "soak or crash", "--timeout", "0"]
    assert arguments(["--soak", "20"])[0].soak == 20


@pytest.mark.parametrize("number", ["0", "-1", "many"])
def test_a_soak_needs_a_number_of_kills(number: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        arguments([f"--soak={number}"])
    assert ended.value.code == 2
    assert "--soak" in capsys.readouterr().err


def test_a_failed_check_shows_what_it_printed_and_a_good_one_does_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Children(tmp_path) as children:
        good = run_quietly(children, "good", [sys.executable, "-c", "print('noise')"], {})
        bad = run_quietly(children, "bad", [sys.executable, "-c", "print('the cause'); raise SystemExit(4)"], {})
    assert (good.status, bad.status) == (0, 4)
    lines = capsys.readouterr().out.splitlines()
    assert [line.partition("  ")[0] for line in lines] == ["✓ good", "✗ bad", ""]
    assert lines[2] == "    the cause"


def test_the_status_of_the_tests_is_their_own_and_their_output_is_not_held_back(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with Children(tmp_path) as children:
        code = "print('1 passed'); raise SystemExit(5)"
        assert run_openly(children, "tests", [sys.executable, "-c", code], {}).status == 5
    assert capfd.readouterr().out == "\ntests\n1 passed\n"


def test_what_runs_beside_others_is_shown_when_it_is_waited_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Children(tmp_path) as children:
        code = "print('2 passed'); raise SystemExit(3)"
        apart = Beside(children, "crash tests", [sys.executable, "-c", code], {})
        apart._child.process.wait()
        assert capsys.readouterr().out == ""
        result = apart.result()
        assert children.running == []
    assert (result.name, result.status, result.seconds > 0) == ("crash tests", 3, True)
    assert capsys.readouterr().out == "\ncrash tests\n2 passed\n"


def test_the_summary_says_how_long_all_took_together(capsys: pytest.CaptureFixture[str]) -> None:
    summary([Result("services", 0, 1.0), Result("tests", 1, 2.5)], 3.25)
    assert capsys.readouterr().out.splitlines()[2:] == [
        "  ✓ services     1.0 s",
        "  ✗ tests        2.5 s",
        "    in all       3.2 s",
    ]


def test_a_named_browser_is_taken_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIGTIME_CHROMIUM", "/opt/my/chromium")
    assert chromium.find_or_install() == "/opt/my/chromium"


def test_without_any_browser_the_way_out_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for each in ("installed", "_from_system_packages", "_from_playwright"):
        monkeypatch.setattr(chromium, each, lambda: None)
    with pytest.raises(Refusal, match="run with --fast"):
        chromium.find_or_install()


def test_a_driver_that_lacks_a_library_gets_it_or_says_what_it_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    troubles = ["node: libatomic.so.1: cannot open", ""]
    asked_for: list[str] = []
    monkeypatch.setattr(chromium, "_driver_trouble", lambda: troubles.pop(0))
    monkeypatch.setattr(chromium, "install_packages", lambda *names: asked_for.extend(names))
    chromium.need_driver()
    assert (asked_for, troubles) == (["libatomic1"], [])
    monkeypatch.setattr(chromium, "_driver_trouble", lambda: "node: libatomic.so.1: cannot open")
    with pytest.raises(Refusal, match=r"can't start \(node: libatomic\.so\.1: cannot open\)"):
        chromium.need_driver()
