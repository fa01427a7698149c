"""How alike two names are, in percent. Plain Python over plain names."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Self

from rapidfuzz import fuzz, process, utils

# From here on one may be accepted unseen; from TWIN on nobody makes a second one without asking.
SURE = 90
TWIN = SURE - 1
# So many names at most are compared with one; those that share what is rarest in it come first.
COMPARED = 300
WORDS = 6  # of a name, the longest, that are paired
END = 4  # letters of a name's beginning and end that make it worth comparing
Ranked = list[tuple[int, str, int]]

ACCENTS = re.compile(r"[\u0300-\u036f]")
# What tells two otherwise equal names apart: numbers, Roman ones too, and single letters.
MARKS = re.compile(r"\b(?:[ivx]+|[a-z])\b|\d+")
LEGAL = re.compile(r"\b(?:inc|incorporated|llc|ltd|limited|corp|corporation|co|company|gmbh|plc|pllc|llp)\b")


def plain(name: str) -> str:
    """Without case, accents and signs; "&" is "and"."""
    text = name if name.isascii() else ACCENTS.sub("", unicodedata.normalize("NFKD", name))
    return utils.default_process(text.replace("&", " and "))


@dataclass(frozen=True, slots=True)
class Spelling:
    """A name as it is compared. `core` is without the legal form; both are empty for a name of signs alone."""

    words: str
    compact: str
    core: str
    marks: tuple[str, ...]

    @classmethod
    def of(cls, name: str) -> Self:
        text = plain(name)
        marks = sorted(each.lstrip("0") for each in MARKS.findall(text))
        core = "".join(LEGAL.sub("", text).split())
        return cls(" ".join(sorted(text.split())), "".join(text.split()), core, tuple(marks))


def words_of(name: str) -> list[str]:
    """The words that tell a name from others: longer ones first, all of them where there are only short ones."""
    words = sorted(set(utils.default_process(name).split()), key=lambda word: (-len(word), word))
    return [word for word in words if len(word) > 2] or words


def alike(one: str, other: str) -> int:
    """100 is the same but for case, accents, signs, spaces and order.

    A name within a longer one is no more than likely; "Acme Inc" and "Acme LLC" are twins and not sure to be the same;
    "Phase 1" is never "Phase 2".
    """
    return _alike(Spelling.of(one), Spelling.of(other), likely=True)


def _alike(one: Spelling, other: Spelling, *, likely: bool) -> int:
    """Not `likely`: only what is TWIN or more is told exactly, for a fraction of the time."""
    if one.words == other.words or one.compact == other.compact:
        return 100
    if one.core and one.core == other.core:
        return TWIN
    score = fuzz.ratio(one.words, other.words)
    if likely:
        score = max(score, 0.85 * fuzz.WRatio(one.words, other.words))
    return min(round(score), 100 if one.marks == other.marks else TWIN - 1)


def best(name: str, names: Mapping[int, str], *, most: int, least: int) -> Ranked:
    """(key, name, confidence) of those at least so much alike, the likeliest first."""
    return _best(Spelling.of(name), {key: (each, Spelling.of(each)) for key, each in names.items()}, most, least)


def _best(spelt: Spelling, others: Mapping[int, tuple[str, Spelling]], most: int, least: int) -> Ranked:
    likely = least < TWIN
    near = others if likely else _near(spelt, others)
    scored = [(key, *others[key][:1], _alike(spelt, others[key][1], likely=likely)) for key in near]
    return sorted((each for each in scored if each[2] >= least), key=lambda each: (-each[2], each[1], each[0]))[:most]


def _near(spelt: Spelling, others: Mapping[int, tuple[str, Spelling]]) -> set[int]:
    """Those that may be twins; all but a few are ruled out in C."""
    words = {key: other.words for key, (_, other) in others.items()}
    found = process.extract(spelt.words, words, scorer=fuzz.ratio, processor=None, limit=None, score_cutoff=TWIN - 0.5)
    equal = {key for key, (_, other) in others.items() if spelt.core == other.core or spelt.compact == other.compact}
    return {key for _, _, key in found} | equal


class Names:
    """Many names that many are compared with: an index of their words keeps that from growing with the product."""

    def __init__(self, names: Mapping[int, str]) -> None:
        self.names = {key: (name, Spelling.of(name)) for key, name in names.items()}
        self.by_word: dict[str, list[int]] = defaultdict(list)
        for key, (_, spelt) in self.names.items():
            for word in _telling(spelt):
                self.by_word[word].append(key)

    def like(self, name: str, *, most: int, least: int) -> Ranked:
        """As `best`, among those that share a word, their numbers, or their first or last letters."""
        spelt = Spelling.of(name)
        return _best(spelt, {key: self.names[key] for key in self._sharing(spelt)}, most, least)

    def _sharing(self, spelt: Spelling) -> list[int]:
        found: dict[int, None] = {}
        for rows in sorted((self.by_word.get(word, []) for word in _telling(spelt)), key=len):
            found.update(dict.fromkeys(rows[:COMPARED]))
            if len(found) >= COMPARED:
                break
        return list(found)[:COMPARED]


def _telling(spelt: Spelling) -> set[str]:
    """The words, each two of them, and what stands for a word with a slip in it: both ends, the core, the numbers."""
    if not spelt.compact:
        return set()
    words = spelt.words.split()
    pairs = {f"{one} {other}" for one, other in combinations(sorted(sorted(words, key=len)[-WORDS:]), 2)}
    ends = {f"{spelt.compact[:END]}…", f"…{spelt.compact[-END:]}", f"={spelt.core}", f"={spelt.compact}"}
    return {*words, *pairs, *ends, *({"#" + " ".join(spelt.marks)} if spelt.marks else ())}
