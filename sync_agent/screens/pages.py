"""The wizard's pages: each is drawn on a frame, says what its button is called, and what the button does."""

from __future__ import annotations

import tkinter as tk
import webbrowser
from tkinter import ttk

from sync_agent import autostart
from sync_agent.company import Company
from sync_agent.first_time import ALWAYS, ANSWERS
from sync_agent.problems import Trouble
from sync_agent.screens import theme
from sync_agent.screens.frame import Page
from sync_agent.session import Result


class Welcome(Page):
    title = "Connect BigTime with QuickBooks Desktop"
    button = "Begin"

    def draw(self) -> None:
        self.say("This takes a few minutes. Before you begin, see that on this computer:")
        for text in (
            "you are signed in to Windows as an administrator,",
            "QuickBooks is open with the company file you want to connect, and no other,",
            "you are signed in to QuickBooks as Admin, in single-user mode,",
            "QuickBooks shows no dialog.",
        ):
            self._point(text)
        self.say(
            "In BigTime, Enable and Grant are pressed under My Company, Integrations, QuickBooks Desktop.", above=6
        )
        self.say("In a hosted environment, such as Rightworks, you also need the right to install programs.")

    def _point(self, text: str) -> None:
        row = tk.Frame(self, background=theme.WHITE)
        row.pack(fill="x", pady=(0, 6))
        theme.words(row, "•", width=20).pack(side="left", anchor="n", padx=(4, 8))
        theme.words(row, text, width=470).pack(side="left", fill="x")

    def go(self) -> None:
        self.wizard.show(SignIn)


class SignIn(Page):
    step = 1
    title = "Sign in to BigTime"
    button = "Sign in"

    def draw(self) -> None:
        self.say("Use your BigTime administrator credentials.", colour=theme.MUTED)
        known = self.wizard.setup.configuration
        self.server = self._field("BigTime address", known.server or self.wizard.address)
        self.email = self._field("E-mail", known.email)
        self.password = self._field("Password", show="•")
        self.factor = tk.Frame(self, background=theme.WHITE)
        self.code = self._field("Code from your authenticator app", parent=self.factor)
        self.firms = tk.Frame(self, background=theme.WHITE)
        self.firm = ttk.Combobox(self.firms, state="readonly", width=44)

    def shown(self) -> None:
        (self.email if self.server.get() else self.server).focus_set()

    def _field(self, label: str, text: str = "", *, show: str = "", parent: tk.Misc | None = None) -> ttk.Entry:
        theme.words(parent or self, label, look="Small", colour=theme.MUTED).pack(fill="x", pady=(8, 2))
        entry = ttk.Entry(parent or self, show=show, font="Body", width=46)
        entry.insert(0, text)
        entry.pack(anchor="w")
        entry.bind("<Return>", lambda event: self.wizard.press())
        return entry

    def go(self) -> None:
        setup = self.wizard.setup
        if setup.signed_in is not None and self.firm.get():
            self._register()
            return
        given = (self.server.get(), self.email.get(), self.password.get(), self.code.get())
        self.wizard.work("Signing in…", lambda: setup.sign_in(*given), lambda signed_in: self._entered(), self._refused)

    def _refused(self, trouble: Trouble) -> None:
        if trouble.code == "code_needed":
            self.factor.pack(fill="x")
            self.code.focus_set()
            self.wizard.notice("Second factor is on: type the code.", trouble.mend, colour=theme.TEXT)
            return
        self.wizard.refused(trouble)

    def _entered(self) -> None:
        signed_in = self.wizard.setup.signed_in
        names = [name for _, name in signed_in.firms] if signed_in else []
        self.firm["values"] = names
        self.firm.set(names[0])
        if len(names) == 1:
            self._register()
            return
        theme.words(self.firms, "Which firm is it?", look="Small", colour=theme.MUTED).pack(fill="x", pady=(8, 2))
        self.firm.pack(anchor="w")
        self.firms.pack(fill="x")
        self.wizard.notice("Choose the firm, then go on.", "", colour=theme.TEXT)

    def _register(self) -> None:
        setup = self.wizard.setup
        number = next(key for key, name in setup.signed_in.firms if name == self.firm.get()) if setup.signed_in else ""
        self.wizard.work(
            "Registering this computer…", lambda: setup.register(number), lambda _: self.wizard.show(Connect)
        )


class Connect(Page):
    step = 2
    title = "Connect to QuickBooks"
    button = "Connect"

    def draw(self) -> None:
        self.say(
            "QuickBooks asks whether the BigTime Sync Agent may have access. Bring its window to the front and answer:"
        )
        for answer, meaning in ANSWERS:
            self._answer(answer, meaning, best=answer == ALWAYS)
        self.say("If QuickBooks asks which user the agent signs in as, choose Admin.", colour=theme.MUTED, above=6)

    def _answer(self, answer: str, meaning: str, *, best: bool) -> None:
        back = theme.BRAND_SOFT if best else theme.WHITE
        box = tk.Frame(self, background=back, highlightthickness=1)
        box.configure(highlightbackground=theme.BRAND if best else theme.WHITE)
        box.pack(fill="x")
        name = f"{'◉' if best else '○'}  {answer}"
        theme.words(box, name, look="Strong" if best else "Body", back=back).pack(fill="x", padx=10, pady=(4, 0))
        told = theme.words(box, meaning, look="Small", colour=theme.MUTED, back=back, width=450)
        told.pack(fill="x", padx=(32, 10), pady=(0, 4))

    def go(self) -> None:
        self.wizard.work(
            "Waiting for QuickBooks. Answer its question there…",
            self.wizard.setup.connect,
            lambda company: self.wizard.show(Found),
        )


class Found(Page):
    step = 3
    title = "Is this the right company?"
    button = "Continue"

    def draw(self) -> None:
        company = self.wizard.setup.company or Company()
        for label, value in (
            ("Company", company.name),
            ("Company file", company.file),
            ("QuickBooks user", company.user or "the person signed in to QuickBooks"),
            ("QuickBooks", company.product),
        ):
            theme.words(self, label, look="Small", colour=theme.MUTED).pack(fill="x", pady=(6, 0))
            theme.words(self, value, look="Strong").pack(fill="x")
        if company.automatic_login:
            self.say("QuickBooks lets the agent in by itself, even if it isn't running.", colour=theme.GOOD, above=12)
        else:
            self.say(
                "QuickBooks lets the agent in only while this file is open. For checks that go on by themselves, "
                f"remove the permission under Integrated Applications, connect again and choose “{ALWAYS}”.",
                colour=theme.WARN,
                above=12,
            )
        self.confirmed = False

    def go(self) -> None:
        self.wizard.work(
            "Telling BigTime…",
            lambda: self.wizard.setup.accept(confirmed=self.confirmed),
            lambda _: self.wizard.show(FirstSync),
            self._refused,
        )

    def _refused(self, trouble: Trouble) -> None:
        self.confirmed = trouble.code == "other_company"
        if self.confirmed:
            self.wizard.notice(trouble.words, "Press Continue again to connect this company file all the same.")
        else:
            self.wizard.refused(trouble)


class FirstSync(Page):
    step = 4
    title = "First sync"
    button = "Try again"

    def draw(self) -> None:
        self.say("Customers, jobs, employees, items and accounts are being read. Nothing is changed in QuickBooks.")
        self.bar = ttk.Progressbar(self, length=500, maximum=100)
        self.bar.pack(anchor="w", pady=(14, 6))
        self.percent = self.say("0%", colour=theme.MUTED)

    def shown(self) -> None:
        self.go()

    def go(self) -> None:
        setup = self.wizard.setup

        def heard(percent: int) -> None:
            self.wizard.background.tell(lambda: self.progress(percent))

        self.wizard.work("Syncing…", lambda: setup.first_sync(heard, self.wizard.closed.is_set), self._done)

    def progress(self, percent: int) -> None:
        self.bar["value"] = percent
        self.percent["text"] = f"{percent}%"

    def _done(self, result: Result) -> None:
        self.progress(100)
        self.wizard.result = result
        self.wizard.show(Done)


class Done(Page):
    step = 5
    title = "BigTime and QuickBooks are connected"
    button = "Finish"

    def draw(self) -> None:
        self.say("What QuickBooks holds has been read. In BigTime, look at the preview and press Import.")
        self.say(
            "The Sync Agent now works in the background: 4 minutes after a sync it looks for changes, then less and "
            "less often, every 4 hours at most. Its icon in the system tray shows how it is."
        )
        ttk.Button(self, text="Open BigTime", command=self._open).pack(anchor="w", pady=10)
        self.by_itself = tk.BooleanVar(self, value=autostart.is_offered())
        if not autostart.is_offered():
            return
        tk.Checkbutton(
            self, text="Start when I sign in to this computer", variable=self.by_itself, font="Body",
            background=theme.WHITE, activebackground=theme.WHITE, highlightthickness=0, borderwidth=0,
        ).pack(anchor="w")  # fmt: skip

    def _open(self) -> None:
        webbrowser.open(self.wizard.setup.configuration.server)

    def go(self) -> None:
        try:
            if autostart.is_offered():
                (autostart.turn_on if self.by_itself.get() else autostart.turn_off)()
        except OSError as error:
            self.wizard.notice(f"Starting by itself could not be set: {error}.", "Press Finish again to go on without.")
            self.by_itself.set(False)
            return
        self.wizard.finished = True
        self.wizard.close()
