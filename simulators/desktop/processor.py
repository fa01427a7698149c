"""One message set against one company file: each request carried out in turn, and what recovery needs remembered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from simulators.desktop import clock, company_queries, deletions, extensions, operations, queries
from simulators.desktop.company_file import CompanyFile
from simulators.desktop.entities import ENTITIES
from simulators.desktop.operations import Author, Change
from simulators.desktop.qbxml import Answer, MessageSet, Request, write
from simulators.desktop.queries import Iterators
from simulators.desktop.records import shown
from simulators.desktop.statuses import NOT_PROCESSED, OK, Refusal, too_long

LONGEST_SET_ID, LONGEST_REQUEST_ID = 23, 50
NOTHING_STORED, SET_ID_TOO_LONG = 600, 9004
CLEAR_ALL = "ClearAllMessageSets"
Handler = Callable[["Work", Request], Answer]


@dataclass
class Work:
    """What the requests of a set share. ``refuse`` may answer a request before QuickBooks looks at it (faults)."""

    file: CompanyFile
    app: str
    iterators: Iterators
    author: Author = operations.APPLICATION
    hidden_login: bool = False
    multi_user: bool = False
    refuse: Callable[[Request], Refusal | None] = lambda request: None
    mark_rest: bool = True
    stop_after: int | None = None
    changes: list[tuple[str | None, Change]] = field(default_factory=list)


class Cut(Exception):
    """QuickBooks went away in the middle of a set: what was done stays, nothing is remembered for recovery."""


def run(work: Work, messages: MessageSet) -> str:
    """The answering document. Raises Cut when ``stop_after`` requests are done and others were left."""
    file = work.file
    if max(len(messages.new_id), len(messages.old_id)) > LONGEST_SET_ID:
        return write([], set_id=messages.new_id, set_code=SET_ID_TOO_LONG)
    if messages.old_id and not messages.requests:
        return _recovered(work, messages)
    if messages.old_id:
        forget(work, messages.old_id)
    answers = _answers(work, messages)
    code = 0 if messages.new_id else None
    text = write([] if messages.quiet else answers, set_id=messages.new_id, set_code=code)
    if messages.new_id:
        stored = text if not messages.quiet else write(answers, set_id=messages.new_id, set_code=code)
        file.db.execute("INSERT OR REPLACE INTO recovery VALUES (?, ?, ?)", (work.app, messages.new_id, stored))
    return text


def _recovered(work: Work, messages: MessageSet) -> str:
    """The answer stored for a set, as it was given then; 600 when there is none."""
    if messages.old_id == CLEAR_ALL:
        forget(work, CLEAR_ALL)
        return write([], set_code=0)
    sql = "SELECT answer FROM recovery WHERE app = ? AND set_id = ?"
    found = work.file.db.execute(sql, (work.app, messages.old_id)).fetchone()
    return str(found[0]) if found else write([], set_code=NOTHING_STORED)


def forget(work: Work, set_id: str) -> None:
    sql = "DELETE FROM recovery WHERE app = ? AND (? = ? OR set_id = ?)"
    work.file.db.execute(sql, (work.app, set_id, CLEAR_ALL, set_id))


def _answers(work: Work, messages: MessageSet) -> list[Answer]:
    answers: list[Answer] = []
    stopped = False
    for index, request in enumerate(messages.requests):
        if work.stop_after is not None and index >= work.stop_after:
            raise Cut
        if stopped:
            if work.mark_rest:
                answers.append(Answer(request.name, request.id, *NOT_PROCESSED))
            continue
        answer = answer_to(work, request)
        answers.append(answer)
        stopped = messages.stops and answer.code >= 1000
    return answers


def answer_to(work: Work, request: Request) -> Answer:
    """One answer; a refusal leaves no trace in the file."""
    changes = len(work.changes)
    work.file.db.execute("SAVEPOINT request")
    try:
        answer = _checked(work, request)
    except Refusal as refusal:
        work.file.db.execute("ROLLBACK TO request")
        del work.changes[changes:]
        answer = Answer(request.name, request.id, refusal.code, refusal.message)
    work.file.db.execute("RELEASE request")
    return answer


def _checked(work: Work, request: Request) -> Answer:
    if request.id and len(request.id) > LONGEST_REQUEST_ID:
        raise Refusal(1060, f'The request ID "{request.id}" is too long, maximum 50 characters.')
    injected = work.refuse(request)
    if injected:
        raise injected
    for name, value in request.read.long:
        raise too_long(name, value)
    return _handler(request.name)(work, request)


def _handler(name: str) -> Handler:
    if name in _SPECIAL:
        return _SPECIAL[name]
    if name.endswith("Query"):
        return lambda work, request: queries.run(work.file, request, work.iterators)
    return _add if name.endswith("Add") else _modify


def _add(work: Work, request: Request) -> Answer:
    entity = ENTITIES[request.name.removesuffix("Add")]
    values = request.read.values[request.name]
    return _written(work, request, operations.add(work.file, entity, values, now=clock.now(), author=work.author))


def _modify(work: Work, request: Request) -> Answer:
    entity = ENTITIES[request.name.removesuffix("Mod")]
    values = request.read.values[request.name]
    return _written(work, request, operations.modify(work.file, entity, values, now=clock.now(), author=work.author))


def _written(work: Work, request: Request, change: Change) -> Answer:
    work.changes.append((request.id, change))
    values = queries.chosen(shown(work.file, change.row), request.read.values.get("IncludeRetElement"))
    return Answer(request.name, request.id, *OK, records=[(f"{change.entity.name}Ret", values)])


def _delete(work: Work, request: Request) -> Answer:
    change, plain = deletions.delete(work.file, request, author=work.author)
    work.changes.append((request.id, change))
    return Answer(request.name, request.id, *OK, plain=plain)


def _deleted(work: Work, request: Request) -> Answer:
    return deletions.listed(work.file, request)


def _host(work: Work, request: Request) -> Answer:
    return company_queries.host(request, automatic=work.hidden_login, multi_user=work.multi_user)


def _company(work: Work, request: Request) -> Answer:
    return company_queries.company(work.file, request)


def _preferences(work: Work, request: Request) -> Answer:
    return company_queries.preferences(work.file, request, work.app)


def _extension(work: Work, request: Request) -> Answer:
    acts = {"DataExtDefAdd": extensions.define, "DataExtDel": extensions.drop}
    values = acts.get(request.name, extensions.put)(work.file, request.read.values[request.name])
    tag = "DataExtDefRet" if request.name == "DataExtDefAdd" else "DataExtRet"
    return Answer(request.name, request.id, *OK, records=[(tag, values)])


_SPECIAL: dict[str, Handler] = {
    "ListDel": _delete,
    "TxnDel": _delete,
    "ListDeletedQuery": _deleted,
    "TxnDeletedQuery": _deleted,
    "HostQuery": _host,
    "CompanyQuery": _company,
    "PreferencesQuery": _preferences,
    "DataExtDefAdd": _extension,
    "DataExtAdd": _extension,
    "DataExtMod": _extension,
    "DataExtDel": _extension,
}
