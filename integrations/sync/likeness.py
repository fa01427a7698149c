"""How alike two names are, in percent. Plain Python over plain names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from rapidfuzz import fuzz, utils

# So many names at most are compared with one; those that share its rarest words come first.
COMPARED = 300
Ranked = list[tuple[int, str, int]]


def words_of(name: str) -> list[str]:
    """The words that tell a name from others: longer ones first, all of them where there are only short ones."""
    words = sorted(set(utils.default_process(name).split()), key=lambda word: (-len(word), word))
    return [word for word in words if len(word) > 2] or words


def alike(one: str, other: str) -> int:
    """100 is the same but for case, signs and order. A name within a longer one is no more than likely."""
    return round(max(fuzz.token_sort_ratio(one, other), 0.85 * fuzz.WRatio(one, other)))


def best(name: str, names: Mapping[int, str], *, most: int, least: int) -> Ranked:
    """(key, name, confidence) of those at least so much alike, the likeliest first."""
    plain = utils.default_process(name)
    scored = [(key, other, alike(plain, utils.default_process(other))) for key, other in names.items()]
    return sorted((each for each in scored if each[2] >= least), key=lambda each: (-each[2], each[1]))[:most]


class Names:
    """Many names that many are compared with: an index of their words keeps that from growing with the product."""

    def __init__(self, names: Mapping[int, str]) -> None:
        self.names = names
        self.by_word: dict[str, list[int]] = defaultdict(list)
        for key, name in names.items():
            for word in set(utils.default_process(name).split()):
                self.by_word[word].append(key)

    def like(self, name: str, *, most: int, least: int) -> Ranked:
        """As `best`, among those that share a word."""
        return best(name, {key: self.names[key] for key in self._sharing(name)}, most=most, least=least)

    def _sharing(self, name: str) -> list[int]:
        words = sorted(set(utils.default_process(name).split()), key=lambda word: len(self.by_word.get(word, ())))
        found: dict[int, None] = {}
        for word in words:
            found.update(dict.fromkeys(self.by_word.get(word, ())))
            if len(found) >= COMPARED:
                break
        return list(found)[:COMPARED]
