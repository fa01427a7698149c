"""One company's books belong to one firm of an installation, and a firm keeps its books in one place.

Two firms that post to the same company would each send what the other has sent already, and revoking the one's grant
at Intuit ends the other's too. Whose the company is is never said: it may be somebody else's business.
"""

from __future__ import annotations

import zlib

from django.db import connection as database

from bigtime.firm.models import Firm
from integrations.models import Connection

from .problems import ProblemError

SYSTEM = "quickbooks_online"
LOCK = 471_404  # ours among the database's advisory locks; a test sees that no two are the same


def one_place(firm: Firm) -> None:
    """Raises ProblemError while the firm is connected to books of another kind."""
    elsewhere = Connection.objects.for_firm(firm).enabled().exclude(system=SYSTEM).first()
    if elsewhere is not None:
        raise ProblemError("other_books", f"{firm.name} is connected to {elsewhere}.")


def one_firm(*, firm: Firm, environment: str, realm: str) -> None:
    """Raises ProblemError where another firm has the company. In a transaction no second firm passes before its end.

    Ask it only of a company that the person has shown to have access to. The grant is not to be given back then: at
    Intuit that would end the other firm's too.
    """
    if database.in_atomic_block:
        with database.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, zlib.crc32(realm.encode()) >> 1])
    same = Connection.objects.enabled().filter(system=SYSTEM, environment=environment, company_id=realm)
    if same.exclude(firm=firm).exists():
        raise ProblemError("taken")
