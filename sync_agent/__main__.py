"""Runs the command line: python -m sync_agent, the .pyz file, or the frozen program."""

from __future__ import annotations

import sys

from sync_agent.command_line import main

if __name__ == "__main__":
    sys.exit(main())
