"""The main job in both demo firms, as their people do it: connect, sync, enter time, approve, post, look it up."""

from __future__ import annotations

import _desktop_job
import _online_job
from _walker import Lost


def run(base_url: str, online_url: str, desktop_url: str, agent_env: dict[str, str]) -> int:
    """Does it once and prints each step. 0 when either QuickBooks then holds exactly what was posted, else 1."""
    try:
        online = _online_job.run(base_url, online_url)
        desktop = _desktop_job.run(base_url, desktop_url, agent_env)
    except Lost as lost:
        print(f"✗ {lost}")
        return 1
    return 0 if online and desktop else 1
