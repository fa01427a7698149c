from __future__ import annotations

import json
from pathlib import Path

import pytest

from bigtime.core.durations import DurationError, clock, parse, round_up

SAMPLES = json.loads((Path(__file__).parents[2] / "samples" / "durations.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("text", "minutes"), SAMPLES["minutes"])
def test_what_people_write_becomes_minutes(text: str, minutes: int) -> None:
    assert parse(text) == minutes


@pytest.mark.parametrize(("text", "sentence"), SAMPLES["refused"])
def test_what_is_no_time_is_refused_with_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(DurationError) as refused:
        parse(text)
    assert str(refused.value) == sentence


def test_what_a_cell_shows_is_read_back_as_the_same_minutes() -> None:
    assert [parse(clock(minutes)) for minutes in range(1441)] == list(range(1441))


@pytest.mark.parametrize(
    ("minutes", "step", "rounded"),
    [
        (0, 15, 0),
        (1, 15, 15),
        (15, 15, 15),
        (16, 15, 30),
        (61, 6, 66),
        (80, 1, 80),
        (80, 0, 80),
        (1439, 30, 1440),
        (1435, 7, 1435),
    ],
)
def test_rounding_goes_up_and_never_past_a_day(minutes: int, step: int, rounded: int) -> None:
    assert round_up(minutes, step) == rounded


def test_megabytes_are_refused_without_being_repeated() -> None:
    with pytest.raises(DurationError) as refused:
        parse("9" * 3_000_000)
    assert len(str(refused.value)) < 100
