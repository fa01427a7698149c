"""Connect QuickBooks Online: the checklist, the authorization window, and the way back from Intuit."""

from __future__ import annotations

from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render

from bigtime.core.encryption import Undecryptable
from bigtime.firm.access import ADMINISTRATORS, FirmRequest, FirmView, firm_view
from integrations.connected import forget
from integrations.models import Connection, Operation
from integrations.sync import former

from . import intuit_app, services
from .forms import ChecklistForm
from .models import Authorization
from .problems import ProblemError


def in_window(response: HttpResponse) -> HttpResponse:
    """Pages shown in the authorization window, between two visits to Intuit.

    With the site's own opener policy the browser would cut the window off from the page that opened it at the first
    step to Intuit, and it could then not close itself.
    """
    response.headers["Cross-Origin-Opener-Policy"] = "unsafe-none"
    return response


def problem(request: HttpRequest, error: ProblemError, *, is_popup: bool = False) -> HttpResponse:
    context = {"page": error.page, "key": error.key, "detail": error.detail, "is_popup": is_popup}
    return in_window(render(request, "quickbooks_online/problem.html", context, status=error.page.status))


@firm_view(*ADMINISTRATORS)
def enable(request: FirmRequest) -> HttpResponse:
    """Before you connect: the checklist; or, for books one was connected to, the way to reconnect them."""
    return _checklist(request, None)


def _checklist(request: FirmRequest, form: ChecklistForm | None) -> HttpResponse:
    last = services.last_connection(request.firm)
    try:
        credentials, missing = intuit_app.required(request.firm), None
    except ProblemError as error:
        credentials, missing = None, error
    context = {
        "form": form or ChecklistForm(again=_again(last)),
        "last": last,
        "again": _again(last),
        "credentials": credentials,
        "missing": missing,
    }
    return render(request, "quickbooks_online/enable.html", context, status=422 if form else 200)


def _again(last: Connection | None) -> bool:
    return last is not None and last.is_enabled


@firm_view(*ADMINISTRATORS, methods=("POST",))
def connect(request: FirmRequest) -> HttpResponse:
    """The page with **Connect to QuickBooks**, in the authorization window or in place of the page.

    It holds a link and not a redirect: the site's form-action policy lets no form end at another site.
    """
    form = ChecklistForm(request.POST, again=_again(services.last_connection(request.firm)))
    if not form.is_valid():
        return _checklist(request, form)
    if not request.session.session_key:
        request.session.create()
    is_popup = form.cleaned_data["popup"]
    try:
        address = services.begin(
            firm=request.firm,
            user=request.user,
            session_key=str(request.session.session_key),
            is_popup=is_popup,
            backup_made=form.cleaned_data.get("backup_made", False),
        )
    except ProblemError as error:
        return problem(request, error, is_popup=is_popup)
    context = {"address": address, "is_popup": is_popup}
    return in_window(render(request, "quickbooks_online/authorize.html", context))


def _signed_out_has_a_page(view: FirmView) -> FirmView:
    """Signing in here would put Intuit's code into the address of the sign-in page, and it could not be used anyway."""

    @wraps(view)
    def checked(request: FirmRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        visitor: Any = request.user  # anyone: the check for membership comes after this one
        if not visitor.is_authenticated:
            return problem(request, ProblemError("signed_out"))
        return view(request, *args, **kwargs)

    return checked


@_signed_out_has_a_page
@firm_view(*ADMINISTRATORS)
def callback(request: FirmRequest) -> HttpResponse:
    """Where Intuit sends the person back to."""
    found = services.find(state=request.GET.get("state", ""))
    is_popup = bool(found and found.is_popup)
    try:
        return in_window(_returned(request, found))
    except ProblemError as error:
        return problem(request, error, is_popup=is_popup)


def _returned(request: FirmRequest, found: Authorization | None) -> HttpResponse:
    given = request.GET
    if not given.get("state"):
        raise ProblemError("incomplete")
    if not given.get("error") and not (given.get("code") and given.get("realmId")):
        raise ProblemError("incomplete")
    session_key = str(request.session.session_key or "")
    authorization = services.claim(authorization=found, firm=request.firm, user=request.user, session_key=session_key)
    _raise_error(given.get("error", ""))
    connection = services.finish(authorization=authorization, code=given["code"], realm=given["realmId"])
    if connection is None:
        return redirect("quickbooks_online:other_company", authorization.pk)
    return _arrived(request, connection, is_popup=authorization.is_popup)


def _raise_error(error: str) -> None:
    if error:
        raise ProblemError({"access_denied": "denied", "invalid_scope": "scope"}.get(error, "intuit_error"))


def _arrived(request: FirmRequest, connection: Connection, *, is_popup: bool) -> HttpResponse:
    forget(request.firm)
    if is_popup:
        return redirect("quickbooks_online:connected")
    messages.success(request, f"Connected to {connection}.")
    return redirect("integrations:list")


@firm_view(*ADMINISTRATORS)
def connected(request: FirmRequest) -> HttpResponse:
    """The authorization window's last page: it tells the page that opened it, and closes."""
    return in_window(
        render(request, "quickbooks_online/connected.html", {"connection": services.current(request.firm)})
    )


@firm_view(*ADMINISTRATORS)
def state(request: FirmRequest) -> HttpResponse:
    """Asked by the page that opened a window which is gone without a word."""
    connection = services.current(request.firm)
    return JsonResponse({"connected": connection is not None and connection.status == Connection.Status.ACTIVE})


@firm_view(*ADMINISTRATORS, methods=("GET", "HEAD", "POST"))
def other_company(request: FirmRequest, pk: int) -> HttpResponse:
    """Asks before books of another company take the place of the last ones."""
    mine = Authorization.objects.for_firm(request.firm).filter(user=request.user)
    authorization = get_object_or_404(mine.defer("held_grant"), pk=pk)
    is_popup = authorization.is_popup
    if authorization.session_sha256 != services.digest(str(request.session.session_key or "")):
        return problem(request, ProblemError("other_session"), is_popup=is_popup)
    if not authorization.held_company:
        return problem(request, ProblemError("used"), is_popup=is_popup)
    if request.method == "POST":
        return in_window(_decided(request, authorization))
    last = services.last_connection(request.firm)
    company = authorization.held_company["company"]
    known = Connection.objects.for_firm(request.firm).filter(environment=authorization.held_company["environment"])
    left = Operation.objects.filter(connection=last).open()
    context = {
        "authorization": authorization,
        "company": company,
        "is_known": known.filter(company_id=company.get("realm", "")).exists(),
        "last": last,
        "waiting": left.exclude(state__in=former.UNDECIDED).count(),
        "undecided": left.filter(state__in=former.UNDECIDED).count(),
    }
    return in_window(render(request, "quickbooks_online/other_company.html", context))


def _decided(request: FirmRequest, authorization: Authorization) -> HttpResponse:
    is_popup = authorization.is_popup
    try:
        if request.POST.get("answer") != "connect":
            services.refuse_other(authorization=authorization)
            return problem(request, ProblemError("denied"), is_popup=is_popup)
        connection, confirmed = services.accept_other(authorization=authorization)
    except ProblemError as error:
        return problem(request, error, is_popup=is_popup)
    except Undecryptable:
        return problem(request, ProblemError("expired"), is_popup=is_popup)
    if not confirmed:
        messages.warning(request, NOT_CONFIRMED)
    return _arrived(request, connection, is_popup=is_popup)


NOT_CONFIRMED = (
    "Intuit couldn't be told that the former authorization is over. It is erased here; to end it there too, "
    "open Apps in QuickBooks and disconnect BigTime."
)
