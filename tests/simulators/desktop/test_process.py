"""The processes: the host bridge on its pipes, the server across a restart, the demo company, filling."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from simulators.remote import ROOT
from tests.simulators.desktop.caller import HEAD, DesktopSimulator, Host, running_desktop


class Bridge:
    """A host process as the agent starts it."""

    def __init__(self, *options: str) -> None:
        command = [sys.executable, "-m", "simulators.desktop.host", *options]
        self.process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )

    def line(self, text: str) -> Any:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def call(self, id: int, method: str, *args: Any) -> Any:
        return self.line(json.dumps({"id": id, "method": method, "args": args}))

    def close(self) -> int:
        assert self.process.stdin
        self.process.stdin.close()
        code = self.process.wait(10)
        assert self.process.stdout
        self.process.stdout.close()
        return code


def test_a_conversation_on_pipes(desktop: DesktopSimulator, file: str) -> None:
    bridge = Bridge("--url", desktop.url, "--file", file)
    assert bridge.call(1, "OpenConnection2", "", "BigTime", 1) == {"id": 1, "result": None}
    ticket = bridge.call(2, "BeginSession", "", 2)["result"]
    name = "Café"
    text = f'{HEAD}<QBXML><QBXMLMsgsRq onError="stopOnError"><CustomerAddRq requestID="é"><CustomerAdd><Name>{name}'
    text += "</Name></CustomerAdd></CustomerAddRq></QBXMLMsgsRq></QBXML>"
    answer = bridge.call(3, "ProcessRequest", ticket, text)
    assert f"<Name>{name}</Name>" in answer["result"]
    wrong = bridge.call(4, "ProcessRequest", ticket, "<")
    assert wrong["id"] == 4
    assert wrong["error"]["hresult"] == "0x80040400"
    assert bridge.call(5, "GetCurrentCompanyFileName", ticket)["result"] == desktop.path(file)
    assert [bridge.call(6, name)["result"] for name in ("MajorVersion", "MinorVersion")] == [13, 0]
    assert bridge.line("nonsense")["error"]["hresult"] == "0x80020003"
    assert bridge.close() == 0
    assert [row["Name"] for row in desktop.dump(file, "Customer")] == [name]


def test_a_host_without_a_simulator_says_so() -> None:
    bridge = Bridge("--url", "http://127.0.0.1:9")
    assert bridge.call(1, "OpenConnection2", "", "BigTime", 1)["error"]["hresult"] == "0x80040401"
    bridge.close()


def test_everything_is_there_after_a_restart(tmp_path: Path) -> None:
    with running_desktop(tmp_path, "--seed", "empty") as simulator:
        (file,) = [item["file"] for item in simulator.call("GET", "/files")["files"]]
        kept = simulator.add(file, "Customer", Name="Acme")
        simulator.call("PUT", f"/{file}/access", {"app": "BigTime", "access": "always"})
    with running_desktop(tmp_path, "--seed", "empty") as simulator:
        assert simulator.dump(file, "Customer") == [kept]
        assert [entry["body"] for entry in simulator.journal(file)] == [kept]
        host = Host(simulator.url, file)
        host.begin()
        assert host.one("<CustomerQueryRq/>")[0].findtext("ListID") == kept["ListID"]


def test_the_demo_company(tmp_path: Path) -> None:
    with running_desktop(tmp_path, "--seed", "demo") as simulator:
        file = "northwind-consulting-desktop"
        counts = simulator.call("GET", f"/{file}/counts")
        paths = [row["FullName"] for row in simulator.dump(file, "Customer")]
        assert {"Acme Corp:Website", "Globex:Website", "Hooli:Website"} <= set(paths)
        assert (counts["Employee"], counts["Vendor"], counts["TimeTracking"]) == (14, 10, 60)
        paid = [row["EmployeePayrollInfo"]["UseTimeDataToCreatePaychecks"] for row in simulator.dump(file, "Employee")]
        assert {word: paid.count(word) for word in set(paid)} == {"UseTimeData": 6, "DoNotUseTimeData": 8}
        assert simulator.call("POST", "/reset", {"seed": "none"}) == {"seed": "none", "files": []}
        assert simulator.call("GET", "/journal") == {"entries": [], "last": 0}


def test_filled_to_size_it_answers_by_pages(desktop: DesktopSimulator, host: Host) -> None:
    totals = desktop.fill(host.file, customers=10_000, jobs=50_000, time_entries=200_000)
    assert totals == {"Customer": 60_000, "TimeTracking": 200_000}
    page = host.one('<TimeTrackingQueryRq iterator="Start"><MaxReturned>500</MaxReturned></TimeTrackingQueryRq>')
    assert (len(page), page.get("iteratorRemainingCount")) == (500, "199500")
    jobs = host.one(
        '<CustomerQueryRq metaData="MetaDataOnly"><FromModifiedDate>2001-01-01</FromModifiedDate></CustomerQueryRq>'
    )
    assert jobs.get("retCount") == "60000"
