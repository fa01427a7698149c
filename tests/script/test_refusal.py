from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from script.house import refusal
from script.house.refusal import Refusal


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 8, 10), (3, 9, 2), (3, 10, 12)])
def test_an_old_python_is_told_what_is_needed(version: tuple[int, ...]) -> None:
    with pytest.raises(Refusal) as told:
        refusal.need_python(version)
    assert str(told.value) == f"BigTime needs Python 3.11 or newer; this is {version[0]}.{version[1]}."


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 12, 4), (4, 0, 0)])
def test_a_new_enough_python_is_not_told_anything(version: tuple[int, ...]) -> None:
    refusal.need_python(version)


def test_a_refusal_ends_the_command_with_its_sentence_and_2(capsys: pytest.CaptureFixture[str]) -> None:
    def refused() -> int:
        raise Refusal("The database can't be reached.")

    assert refusal.ended_by_refusal(refused) == 2
    assert capsys.readouterr().err == "\nThe database can't be reached.\n"


def test_ctrl_c_ends_the_command_with_130() -> None:
    def interrupted() -> int:
        raise KeyboardInterrupt

    assert refusal.ended_by_refusal(interrupted) == 130


def test_a_taken_port_is_named_with_the_option_that_chooses_another() -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        with pytest.raises(Refusal) as told:
            refusal.need_port(port, option="--port")
    assert str(told.value) == (
        f"Port {port} is taken by another program; end that program or choose another port with --port."
    )
    refusal.need_port(port, option="--port")


def test_a_free_port_can_be_listened_on() -> None:
    port = refusal.free_port()
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", port))


def test_missing_disk_space_says_how_much_is_needed(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match=r"not enough disk space: 1000000000 MB are needed under .*, \d+ MB are free\.$"):
        refusal.need_space(tmp_path / "not" / "there", 1_000_000_000)
    refusal.need_space(tmp_path / "not" / "there", 0)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_is_not_ours_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(Refusal, match="can't be written to"):
        refusal.need_writable(tmp_path / "below")


def test_a_folder_that_does_not_exist_is_judged_by_the_one_above(tmp_path: Path) -> None:
    refusal.need_writable(tmp_path / "a" / "b")
    assert not (tmp_path / "a").exists()
