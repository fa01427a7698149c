"""The BigTime Sync Agent: brings QuickBooks Desktop and BigTime together from the computer QuickBooks runs on.

It stands alone: it imports nothing of BigTime, needs nothing but Python on a computer without QuickBooks, and
speaks to BigTime only by the addresses that PROTOCOL.md lists.
"""

from __future__ import annotations

VERSION = "1.0.0"
NAME = "BigTime Sync Agent"
