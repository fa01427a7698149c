"""Colours, letters and widgets that the windows share."""

from __future__ import annotations

import gc
import tkinter as tk
from tkinter import font, ttk

WHITE, PAGE, LINE = "#ffffff", "#f7f8fa", "#e4e8ee"
TEXT, MUTED, FAINT = "#17202e", "#5a6779", "#8d98a7"
BRAND, BRAND_DARK, BRAND_SOFT = "#1f5fd6", "#174bab", "#e9f0fe"
GOOD, WARN, BAD = "#0f6b3d", "#9a6200", "#a3211b"
SIDE = "#10254f"
STATE_COLOURS = {
    "Active": "#178a50", "Syncing": BRAND, "Standby": "#7b8799", "Paused": "#d08a12",
    "Failed to open connection": "#c93a32", "Not connected": "#7b8799",
}  # fmt: skip
_FAMILIES = ("Segoe UI", "Inter", "Liberation Sans", "DejaVu Sans")


# Tcl ends the program when an interpreter is cleared away by another thread than its own, which is what Python's
# collector does with a window that was closed; so closed windows are never cleared away.
_kept: list[tk.Tk] = []


def prepare(root: tk.Tk, title: str) -> None:
    """Names the window, and gives every ttk widget in it our look."""
    _kept.append(root)
    root.title(title)
    root.configure(background=WHITE)
    known = set(font.families(root))
    family = next((name for name in _FAMILIES if name in known), "TkDefaultFont")
    sizes = {"Body": 10, "Small": 9, "Strong": 10, "Big": 17}
    bold = {"Strong", "Big"}
    # Tk forgets a font when Python forgets its object, so the window keeps them.
    root.fonts = [  # type: ignore[attr-defined]
        font.Font(root, name=name, family=family, size=size, weight="bold" if name in bold else "normal")
        for name, size in sizes.items()
    ]
    style = ttk.Style(root)
    style.theme_use("clam")
    style.configure(".", background=WHITE, foreground=TEXT, font="Body", borderwidth=0, focuscolor=BRAND)
    style.configure("TEntry", fieldbackground=WHITE, bordercolor="#cbd2dc", lightcolor=WHITE, padding=6, borderwidth=1)
    style.map("TEntry", bordercolor=[("focus", BRAND)], lightcolor=[("focus", BRAND)])
    style.configure("TCombobox", fieldbackground=WHITE, bordercolor="#cbd2dc", padding=6, arrowcolor=MUTED)
    _buttons(style)
    style.configure("Horizontal.TProgressbar", background=BRAND, troughcolor=BRAND_SOFT, borderwidth=0, thickness=10)


def close(root: tk.Tk) -> None:
    """Destroys the window; what belonged to it is collected here, in its own thread."""
    root.destroy()
    gc.collect()


def _buttons(style: ttk.Style) -> None:
    style.configure("TButton", background=WHITE, foreground=TEXT, bordercolor="#cbd2dc", padding=(14, 7), borderwidth=1)
    style.map("TButton", background=[("active", PAGE)], foreground=[("disabled", FAINT)])
    style.configure("Primary.TButton", background=BRAND, foreground=WHITE, bordercolor=BRAND, font="Strong")
    style.map(
        "Primary.TButton",
        background=[("disabled", "#b9c8e8"), ("active", BRAND_DARK)],
        foreground=[("disabled", WHITE)],
        bordercolor=[("disabled", "#b9c8e8")],
    )


def words(
    parent: tk.Misc, text: str = "", *, look: str = "Body", colour: str = TEXT, width: int = 500, back: str = WHITE
) -> tk.Label:
    """Text that wraps at `width` pixels."""
    return tk.Label(
        parent, text=text, font=look, foreground=colour, background=back, wraplength=width, justify="left", anchor="w"
    )


def in_the_middle(root: tk.Tk, width: int, height: int) -> None:
    """Places the window in the middle of the screen, with a size it can't shrink below."""
    left = max(0, (root.winfo_screenwidth() - width) // 2)
    top = max(0, (root.winfo_screenheight() - height) // 3)
    root.geometry(f"{width}x{height}+{left}+{top}")
    root.minsize(width, height)
