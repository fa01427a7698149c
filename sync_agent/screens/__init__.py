"""The agent's windows and its icon. tkinter and pystray are imported here only, and late."""

from __future__ import annotations
