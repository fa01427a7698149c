from __future__ import annotations


class Refused(Exception):
    """What was asked can't be done; the text says why and what to do. Nothing was changed."""
