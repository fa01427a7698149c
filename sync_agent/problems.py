"""What can go wrong, in words a person can act on."""

from __future__ import annotations


class Trouble(Exception):
    """Something a person must know: what happened, and what mends it."""

    def __init__(self, words: str, mend: str = "", *, code: str = "", hresult: str = "") -> None:
        super().__init__(words)
        self.words, self.mend, self.code, self.hresult = words, mend, code, hresult

    def __str__(self) -> str:
        return f"{self.words} {self.mend}".strip()


class Unreachable(Trouble):
    """BigTime did not answer; nothing is known of what it did with the question."""


class SignedOut(Trouble):
    """BigTime does not know these credentials (any more)."""
