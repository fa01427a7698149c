"""Who may open a company file: the dialog QuickBooks shows, its four answers, and what is remembered of them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from simulators.desktop import clock
from simulators.desktop.company_file import CompanyFile
from simulators.desktop.conditions import Conditions
from simulators.desktop.hresults import HostError

ANSWERS = {
    "no": "No",
    "once": "Yes, prompt each time",
    "when_running": "Yes, whenever this QuickBooks company file is open",
    "always": "Yes, Always; Allow Access Even If QuickBooks Is Not Running",
}
REFUSED = "refused"  # its tick was taken away under Integrated Applications


@dataclass
class Dialog:
    """The access question standing on QuickBooks' screen. ``waiting`` are the calls that hang on it."""

    app: str
    waiting: list[asyncio.Future[str]] = field(default_factory=list)


class Gate:
    """The access rights of one company file, and the dialogs open in it."""

    def __init__(self, file: CompanyFile, conditions: Conditions) -> None:
        self.file, self.conditions = file, conditions
        self.dialogs: dict[str, Dialog] = {}

    def access(self, app: str) -> str:
        """``once``, ``when_running``, ``always``, ``refused``, or empty for an application never seen."""
        found = self.file.db.execute("SELECT access FROM grants WHERE app = ?", (app,)).fetchone()
        return str(found[0]) if found else ""

    def grants(self) -> list[tuple[str, str, str, str]]:
        """(application, access, QuickBooks user, since) as Integrated Applications lists them."""
        return list(self.file.db.execute("SELECT app, access, user, at FROM grants ORDER BY app"))

    def set_access(self, app: str, access: str, user: str = "Admin") -> None:
        row = (app, access, user, clock.wall(clock.now()))
        self.file.db.execute("INSERT OR REPLACE INTO grants VALUES (?, ?, ?, ?)", row)

    def remove(self, app: str) -> None:
        """Forget the application: the next time it knocks, QuickBooks asks again."""
        self.file.db.execute("DELETE FROM grants WHERE app = ?", (app,))

    async def enter(self, app: str) -> None:
        """Let the application in, asking first where QuickBooks would. Raises HostError."""
        access = self.access(app)
        if access == REFUSED:
            raise HostError("0x8004041A")
        if self.conditions.not_started:
            if access != "always":
                raise HostError("0x80040408")
            return
        if access in ("when_running", "always"):
            return
        if self.conditions.signed_in_as != "Admin":
            raise HostError("0x80040418")
        if not access and self.conditions.multi_user:
            raise HostError("0x8004041B")
        self.settle(app, self.conditions.access_answer or await self._asked(app))

    async def _asked(self, app: str) -> str:
        dialog = self.dialogs.setdefault(app, Dialog(app))
        answer = asyncio.get_running_loop().create_future()
        dialog.waiting.append(answer)
        return str(await answer)

    def answer(self, app: str, answer: str) -> bool:
        """A person pressed a button; False when no such dialog stands."""
        dialog = self.dialogs.pop(app, None)
        if dialog is None:
            return False
        for waiting in dialog.waiting:
            if not waiting.done():
                waiting.set_result(answer)
        return True

    def settle(self, app: str, answer: str) -> None:
        """Remember the answer. Raises HostError for No, which is not remembered."""
        if answer == "no":
            raise HostError("0x80040420")
        self.set_access(app, answer)
