"""BigTime's web application told to do as open Web Connector servers do: 25 records a page, one add a round trip."""

from __future__ import annotations

from bigtime.wsgi import application
from integrations.quickbooks.desktop import poster, reading

RECORDS, ADDS = 25, 1
reading.PAGE, poster.BATCH = RECORDS, ADDS

__all__ = ["application"]
