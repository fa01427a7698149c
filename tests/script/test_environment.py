from __future__ import annotations

import ast
import builtins
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from script.house import environment
from script.house.environment import Environment, need_venv_module
from script.house.refusal import ROOT, Refusal


@pytest.fixture
def project(tmp_path: Path) -> Environment:
    """A project with three lock files and an environment folder that holds nothing."""
    (tmp_path / "requirements").mkdir()
    (tmp_path / ".venv").mkdir()
    for name in ("base", "demo", "dev"):
        (tmp_path / "requirements" / f"{name}.txt").write_text(f"{name}-package==1\n")
    return Environment(tmp_path)


@pytest.fixture
def installer(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Stands in for pip: the commands that would have been run."""
    commands: list[list[str]] = []

    def run(command: list[str], **_options: Any) -> subprocess.CompletedProcess[str]:
        commands.append(command)
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(environment.subprocess, "run", run)
    return commands


def test_what_is_installed_is_installed_once(project: Environment, installer: list[list[str]]) -> None:
    project._install("demo")
    assert project.holds("demo")
    assert json.loads(project.marker.read_text()) == {"demo": project.fingerprint("demo")}
    assert len(installer) == 1


def test_a_changed_lock_file_is_installed_again(project: Environment, installer: list[list[str]]) -> None:
    project._install("demo")
    project.lock_file("demo").write_text("demo-package==2\n")
    assert not project.holds("demo")


def test_the_developers_environment_also_serves_the_demo_but_not_the_other_way_round(
    project: Environment, installer: list[list[str]]
) -> None:
    project._install("dev")
    assert project.holds("demo")
    assert project.holds("base")
    project._install("demo")
    assert not project.holds("dev")


@pytest.mark.parametrize("damage", ["", "{", "[]", "null", '"text"'])
def test_a_damaged_marker_means_that_nothing_is_known(project: Environment, damage: str) -> None:
    project.marker.write_text(damage)
    assert project.installed() == {}
    assert not project.holds("base")


def test_every_package_is_checked_against_its_hash(project: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment.shutil, "which", lambda _name: None)
    with_pip = project.installer("demo")
    monkeypatch.setattr(environment.shutil, "which", lambda name: f"/usr/bin/{name}")
    with_uv = project.installer("demo")
    assert with_pip[:3] == [str(project.python), "-m", "pip"]
    assert with_uv[:3] == ["/usr/bin/uv", "pip", "install"]
    for command in (with_pip, with_uv):
        assert command[-3:] == ["--require-hashes", "-r", str(project.lock_file("demo"))]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Retrying after connection broken by 'NewConnectionError('", "the package index can't be reached"),
        ("error sending request for url", "the package index can't be reached"),
        ("OSError: [Errno 28] No space left on device", "the disk is full"),
        ("ERROR: [Errno 13] Permission denied: 'x'", "the folder is not writable"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "The installer's last words:\nERROR: THESE PACKAGES"),
    ],
)
def test_a_failed_installation_is_explained_and_not_remembered(
    project: Environment, monkeypatch: pytest.MonkeyPatch, said: str, told: str
) -> None:
    project.marker.write_text(json.dumps({"demo": "an older hash"}))
    failed = subprocess.CompletedProcess([], 1, "", said)
    monkeypatch.setattr(environment.subprocess, "run", lambda *_, **__: failed)
    with pytest.raises(Refusal) as refused:
        project._install("demo")
    assert told in str(refused.value)
    assert not project.marker.exists()


def test_an_environment_that_was_moved_or_removed_does_not_work(project: Environment) -> None:
    assert not project.works()
    project.python.parent.mkdir(parents=True)
    project.python.symlink_to("/nowhere/python3")
    assert not project.works()


def test_a_missing_venv_module_is_named_with_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any, **options: Any) -> Any:
        if name == "ensurepip":
            raise ImportError(name)
        return real(name, *rest, **options)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(Refusal, match="apt-get install python3-venv"):
        need_venv_module()


def test_python_3_8_can_read_the_commands() -> None:
    files = [ROOT / "script" / name for name in ("demo", "test", "lint", "bench")]
    files += sorted((ROOT / "script" / "house").glob("*.py"))
    assert len(files) > 10
    for file in files:
        ast.parse(file.read_text(), str(file), feature_version=(3, 8))


def test_the_commands_import_only_the_standard_library_before_the_environment_is_there() -> None:
    code = (
        "import sys; before = set(sys.modules)\n"
        "from script.house import children, demo, environment, lint, refusal, services, stages, testing\n"
        "print(*{each.partition('.')[0] for each in set(sys.modules) - before})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert set(done.stdout.split()) - {"script"} - set(sys.stdlib_module_names) == set()


def locked(name: str) -> dict[str, str]:
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    return dict(re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^ ;\\]+)", text, re.MULTILINE))


def test_the_lock_files_agree_and_each_holds_the_smaller_one() -> None:
    base, demo, dev = locked("base"), locked("demo"), locked("dev")
    assert base
    assert base.items() < demo.items() < dev.items()


@pytest.mark.parametrize("name", ["base", "demo", "dev"])
def test_a_lock_file_names_no_address_and_pins_every_package_with_hashes(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    assert not re.search(r"://|^-", text, re.MULTILINE)
    requirements = text.replace("\\\n", "").splitlines()
    assert len(requirements) > 50
    assert [
        each for each in requirements if not re.match(r"[\w.-]+(\[[\w, -]+\])?==\S+ .*--hash=sha256:[0-9a-f]{64}", each)
    ] == []
