"""The Sync Agent as a program of its own with hands at its windows. Started with the path of the .pyz to run.

Reads wishes as lines of JSON and answers each in a line: {"do": "texts"}, {"do": "press", "label": "Begin"},
{"do": "type", "label": "E-mail", "text": "…"}. A press is a mouse's: it moves there, presses and releases.
"""

from __future__ import annotations

import contextlib
import json
import queue
import sys
import threading
import tkinter as tk
from functools import partial
from typing import Any

sys.path.insert(0, sys.argv[1])

from sync_agent.screens import starting, theme

asked: queue.Queue[str] = queue.Queue()


def texts(widget: Any) -> list[str]:
    own = [str(widget.cget("text"))] if "text" in widget.keys() else []  # noqa: SIM118 - a widget is no mapping
    return [each for each in own if each] + [each for child in widget.winfo_children() for each in texts(child)]


def every(widget: Any) -> list[Any]:
    return [widget, *(each for child in widget.winfo_children() for each in every(child))]


def press(root: Any, label: str) -> bool:
    for widget in every(root):
        if widget.winfo_class() == "TButton" and str(widget.cget("text")) == label and not widget.instate(["disabled"]):
            # Released only after our answer is written: it may end the window.
            widget.event_generate("<Enter>", x=5, y=5)
            widget.event_generate("<ButtonPress-1>", x=5, y=5)
            root.after(20, partial(widget.event_generate, "<ButtonRelease-1>", x=5, y=5))
            return True
    return False


def write(root: Any, label: str, text: str) -> bool:
    """Into the field below the label."""
    for widget in every(root):
        if widget.winfo_class() != "Label" or str(widget.cget("text")) != label:
            continue
        siblings = widget.master.winfo_children()
        field = next((each for each in siblings[siblings.index(widget) :] if each.winfo_class() == "TEntry"), None)
        if field is not None and field.winfo_ismapped():
            field.delete(0, "end")
            field.insert(0, text)
            return True
    return False


def done(root: Any, wish: dict[str, Any]) -> Any:
    if wish["do"] == "texts":
        return texts(root)
    if wish["do"] == "press":
        return press(root, wish["label"])
    return write(root, wish["label"], wish["text"])


def look(root: Any) -> None:
    """Serves what was asked for meanwhile, one wish a time: a press may close the window, and the next one goes on."""
    with contextlib.suppress(tk.TclError):
        if not asked.empty():
            sys.stdout.write(json.dumps(done(root, json.loads(asked.get()))) + "\n")
            sys.stdout.flush()
        root.after(30, look, root)


def listen() -> None:
    for line in sys.stdin:
        asked.put(line)


def main() -> int:
    prepare = theme.prepare

    def prepared(root: Any, title: str) -> None:
        prepare(root, title)
        root.after(30, look, root)

    theme.prepare = prepared
    threading.Thread(target=listen, daemon=True).start()
    return starting.start()


if __name__ == "__main__":
    sys.exit(main())
