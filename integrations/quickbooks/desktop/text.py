"""Text as QuickBooks can keep it: what isn't in ISO 8859-1 comes back as question marks.

Its files are in a Windows code page, which has some thirty letters more; only those of ISO 8859-1 are known to survive
(Intuit's request processor, tried by the authors of the qbwc gem).
"""

from __future__ import annotations

import re
import unicodedata

CODE_PAGE = "latin-1"
_PLAIN = str.maketrans(
    {
        "‘": "'", "’": "'", "‚": "'", "“": '"', "”": '"', "„": '"', "–": "-", "—": "-", "−": "-", "…": "...",
        "•": "*", "→": "->", "←": "<-", "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u200b": "", "\ufeff": "",
        "Ł": "L", "ł": "l", "Đ": "D", "đ": "d", "ı": "i", "Œ": "OE", "œ": "oe", "ƒ": "f", "€": "EUR", "†": "+",
        "‡": "++", "‹": "<", "›": ">", "‰": " per mille", "ˆ": "^",
    }
)  # fmt: skip


# Most of what is written has nothing to change, and thousands of texts pass here.
_AS_IT_IS = re.compile("[\n\t -~]*")


def sendable(text: str) -> str:
    """The text in characters that come back from QuickBooks as they went: accents stay, typography becomes plain.

    What the code page lacks is replaced by its nearest plain letters, or by "?" where there are none.
    """
    if _AS_IT_IS.fullmatch(text):
        return text
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
