"""Ten characters in every transaction we post, by which it is found in the books whatever happened to the answer.

A marker is not random: the same record, posted for the same time, gets the same marker from the same installation. So a
restored backup, which has forgotten what was posted since, recognises it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re

from django.conf import settings

from integrations.models import Connection

LENGTH = 10
SIGN = "~"
# On a line of its own at the end; people and other programs may have joined the lines or added to them.
_PATTERN = re.compile(rf"(?:^|\s){SIGN}([A-Z2-7]{{{LENGTH}}})(?=\s|$)")


def derive(connection: Connection, local_model: str, local_id: int, identity: str, seq: int) -> str:
    """`identity` tells apart two records that had the same id one after the other (before and after a restore)."""
    parts = (connection.system, connection.environment, connection.company_id, str(connection.firm_id))
    text = "\x1f".join((*parts, local_model, str(local_id), identity, str(seq)))
    key = hashlib.sha256(b"bigtime marker " + settings.SECRET_KEY.encode()).digest()
    digest = hmac.new(key, text.encode(), hashlib.sha256).digest()
    return base64.b32encode(digest).decode()[:LENGTH]


def append(text: str, marker: str, *, longest: int) -> str:
    """`text` with the marker on a line of its own, shortened so that both fit."""
    tail = f"{SIGN}{marker}"
    room = longest - len(tail) - 1
    kept = text if len(text) <= room else text[: room - 3].rstrip() + "..."
    return f"{kept}\n{tail}" if kept else tail


def find(text: str) -> str:
    """The last marker in a text, or ""."""
    found = _PATTERN.findall(text or "")
    return str(found[-1]) if found else ""


def strip(text: str) -> str:
    """The text without its markers, white space made plain: what is compared."""
    return " ".join(_PATTERN.sub(" ", text or "").split())
