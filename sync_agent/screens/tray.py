"""The icon in the system tray, by pystray, when it is installed and there is a tray."""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable
from typing import Any

from sync_agent import NAME
from sync_agent.bulletin import Bulletin
from sync_agent.screens.menu import entries, shown_state
from sync_agent.screens.theme import STATE_COLOURS

log = logging.getLogger("sync_agent.screens")


class Tray:
    """`told` draws the icon anew; `chosen` is called with an action, from the tray's own thread."""

    def __init__(self, pystray: Any, now: Bulletin, chosen: Callable[[str], object]) -> None:
        self._pystray, self._now, self._chosen = pystray, now, chosen
        self._icon: Any = pystray.Icon("bigtime-sync-agent", picture(shown_state(now)), NAME, pystray.Menu(self._menu))
        self._icon.run_detached()

    def told(self, now: Bulletin) -> None:
        if shown_state(now) != shown_state(self._now):
            self._icon.icon = picture(shown_state(now))
        self._now = now
        self._icon.title = f"{NAME}: {shown_state(now)}"
        self._icon.update_menu()

    def stop(self) -> None:
        self._icon.stop()

    def _menu(self) -> list[Any]:
        return [self._item(entry.label, entry.action) for entry in entries(self._now)]

    def _item(self, label: str, action: str) -> Any:
        if not label:
            return self._pystray.Menu.SEPARATOR
        return self._pystray.MenuItem(
            label, lambda icon, item: self._chosen(action), enabled=bool(action), default=action == "show"
        )


def tray(now: Bulletin, chosen: Callable[[str], object]) -> Tray | None:
    """The icon, or None where there can be none; then the window stays on the screen."""
    try:
        return Tray(importlib.import_module("pystray"), now, chosen)
    except Exception as error:  # noqa: BLE001 - each system's tray fails in its own way
        log.info("No tray icon: %s", error)
        return None


def picture(state: str) -> Any:
    """A disc in the state's colour with two arrows chasing each other, 64 by 64."""
    image_module: Any = importlib.import_module("PIL.Image")
    draw_module: Any = importlib.import_module("PIL.ImageDraw")
    # Drawn four times as large and made smaller, which smooths the edges.
    image = image_module.new("RGBA", (256, 256), (0, 0, 0, 0))
    draw = draw_module.Draw(image)
    draw.ellipse((4, 4, 252, 252), fill=STATE_COLOURS.get(state, STATE_COLOURS["Standby"]))
    if state == "Paused":
        draw.rounded_rectangle((84, 72, 114, 184), 8, fill="white")
        draw.rounded_rectangle((142, 72, 172, 184), 8, fill="white")
    elif state.startswith("Failed"):
        draw.rounded_rectangle((112, 56, 144, 152), 12, fill="white")
        draw.ellipse((110, 168, 146, 204), fill="white")
    else:
        for start, end in ((200, 330), (20, 150)):
            draw.arc((64, 64, 192, 192), start, end, fill="white", width=20)
        draw.polygon([(158, 100), (214, 100), (188, 136)], fill="white")
        draw.polygon([(98, 156), (42, 156), (68, 120)], fill="white")
    return image.resize((64, 64), image_module.Resampling.LANCZOS)
