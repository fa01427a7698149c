"""My Company → Integrations → Intuit app: the firm's own client id and secret, or the installation's."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from bigtime.core.encryption import Undecryptable
from bigtime.firm.access import ADMINISTRATORS, FirmRequest, firm_view
from bigtime.firm.models import Firm
from integrations.models import Connection
from integrations.sync.errors import Disconnected, Retryable

from . import intuit_app, oauth, services
from .forms import IntuitAppForm
from .models import IntuitApp
from .problems import ProblemError


def _stored(firm: Firm) -> IntuitApp:
    """The firm's app, or a new one; one whose secret can't be decrypted is offered with an empty secret."""
    try:
        found: IntuitApp | None = IntuitApp.objects.for_firm(firm).first()
    except Undecryptable:
        found = IntuitApp.objects.for_firm(firm).defer("client_secret").get()
        found.client_secret = ""
    return found or IntuitApp(firm=firm)


def _form(firm: Firm, data: Any = None) -> IntuitAppForm:
    return IntuitAppForm(data, instance=_stored(firm))


@firm_view(*ADMINISTRATORS, methods=("GET", "HEAD", "POST"))
def app(request: FirmRequest) -> HttpResponse:
    """What Intuit knows us by, and the addresses to enter at Intuit."""
    form = _form(request.firm, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        form.save()
        _resume(request.firm)
        messages.success(request, "Saved. Use Test credentials to see whether Intuit accepts them.")
        return redirect("quickbooks_online:app")
    context = {
        "form": form,
        "installed": intuit_app.of_installation(),
        "addresses": _addresses(),
        "can_test": bool(form.instance.pk) or intuit_app.of_installation() is not None,
    }
    return render(request, "quickbooks_online/app.html", context, status=422 if form.errors else 200)


def _addresses() -> list[tuple[str, str, str, str]]:
    """(id, name at Intuit, address, note) of what is entered in the app's settings at Intuit."""
    redirect_address = intuit_app.redirect_address()
    origin = redirect_address.removesuffix(reverse("quickbooks_online:callback"))
    return [
        ("redirect-uri", "Redirect URI", redirect_address, "It must match to the letter."),
        ("launch-url", "Launch URL", origin + reverse("integrations:list"), ""),
        ("reconnect-url", "Reconnect URL", origin + reverse("quickbooks_online:enable"), ""),
        ("disconnect-url", "Disconnect URL", origin + reverse("quickbooks_online:manage"), ""),
    ]


def _resume(firm: Firm) -> None:
    """A connection that stopped for a wrong id or secret gets another try with the new ones."""
    stopped = Connection.objects.for_firm(firm).filter(
        system=services.SYSTEM,
        status=Connection.Status.PAUSED,
        pause_code__in=["invalid_client", "unauthorized_client", "no_app"],
    )
    stopped.update(status=Connection.Status.ACTIVE, pause_code="", pause_reason="")


@firm_view(*ADMINISTRATORS, methods=("POST",))
def test(request: FirmRequest) -> HttpResponse:
    """Asks Intuit itself whether it knows the stored client id and secret."""
    try:
        credentials = intuit_app.required(request.firm)
        oauth.check(credentials)
    except ProblemError as error:
        messages.error(request, f"{error.page.title}. {error.detail or error.page.advice}")
    except Disconnected as error:
        messages.error(
            request, f"{error.message} Check both, and that they belong to the {credentials.environment} keys."
        )
    except Retryable as error:
        messages.warning(request, f"{error.message} The credentials were not tested; try again in a few minutes.")
    else:
        messages.success(request, f"Intuit accepts this client ID and secret ({credentials.environment}).")
    return redirect("quickbooks_online:app")


@firm_view(*ADMINISTRATORS, methods=("POST",))
def remove(request: FirmRequest) -> HttpResponse:
    """Back to the installation's app. Refused while a connection lives on the firm's own."""
    own = IntuitApp.objects.for_firm(request.firm).defer("client_secret")
    if own.exists() and Connection.objects.for_firm(request.firm).enabled().filter(system=services.SYSTEM).exists():
        messages.error(request, "QuickBooks Online is connected with this app. Disable it first; nothing is lost.")
        return redirect("quickbooks_online:app")
    IntuitApp.objects.for_firm(request.firm).delete()
    messages.success(request, "Removed, with its secret.")
    return redirect("quickbooks_online:app")
