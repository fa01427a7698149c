"""Text as QuickBooks can keep it: it stores a single-byte code page and turns what isn't in it into question marks."""

from __future__ import annotations

import unicodedata

CODE_PAGE = "cp1252"
_PLAIN = str.maketrans(
    {
        "‘": "'", "’": "'", "‚": "'", "“": '"', "”": '"', "„": '"', "–": "-", "—": "-", "−": "-", "…": "...",
        "•": "*", "→": "->", "←": "<-", "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u200b": "", "\ufeff": "",
        "Ł": "L", "ł": "l", "Đ": "D", "đ": "d", "ı": "i",
    }
)  # fmt: skip


def sendable(text: str) -> str:
    """The text in characters that come back from QuickBooks as they went: accents stay, typography becomes plain.

    What the code page lacks is replaced by its nearest plain letters, or by "?" where there are none.
    """
    plain = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n").translate(_PLAIN))
    return "".join(_nearest(each) for each in plain if each in "\n\t" or unicodedata.category(each) != "Cc")


def _nearest(character: str) -> str:
    try:
        character.encode(CODE_PAGE)
    except UnicodeEncodeError:
        if unicodedata.category(character) in ("Mn", "Cf", "Cs"):
            return ""
        plain = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
        return plain or "?"
    return character
