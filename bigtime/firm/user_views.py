"""Users and rights, for administrators."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from . import invitations, services
from .access import ADMINISTRATORS, FirmRequest, firm_view
from .forms import InviteForm
from .models import Invitation, Role
from .refusals import Refused

DUTIES = (
    ("Administrator", "everything, users and rights and the connection to QuickBooks included"),
    ("Accountant", "all but the firm’s settings, users and connections: codes, staff, approvals, posting"),
    ("Manager", "clients and projects, approvals, the staff list without costs"),
    ("Staff", "their own time"),
)


@firm_view(*ADMINISTRATORS)
def users(request: FirmRequest) -> HttpResponse:
    return _page(request, InviteForm())


@firm_view(*ADMINISTRATORS, methods=("POST",))
def invite(request: FirmRequest) -> HttpResponse:
    form = InviteForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        sent = invitations.invite(firm=request.firm, by=request.user, **form.cleaned_data)
    except Refused as refusal:
        form.add_error("email", str(refusal))
        return _page(request, form, status=422)
    _mail(request, sent)
    return redirect("firm:users")


@firm_view(*ADMINISTRATORS, methods=("POST",))
def invite_again(request: FirmRequest, pk: int) -> HttpResponse:
    """A new link; the old one stops working."""
    old = get_object_or_404(Invitation, firm=request.firm, pk=pk, accepted_at=None)
    try:
        _mail(request, invitations.invite(firm=request.firm, email=old.email, role=old.role, by=request.user))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("firm:users")


@firm_view(*ADMINISTRATORS, methods=("POST",))
def withdraw(request: FirmRequest, pk: int) -> HttpResponse:
    invitation = get_object_or_404(Invitation, firm=request.firm, pk=pk, accepted_at=None)
    invitation.delete()
    messages.success(request, f"The invitation of {invitation.email} was withdrawn; its link doesn’t work any more.")
    return redirect("firm:users")


@firm_view(*ADMINISTRATORS, methods=("POST",))
def role(request: FirmRequest, pk: int) -> HttpResponse:
    get_object_or_404(request.firm.memberships, pk=pk)
    try:
        changed = services.change_role(firm=request.firm, membership_id=pk, role=request.POST.get("role", ""))
        messages.success(request, f"{changed.user} is now {changed.get_role_display().lower()}.")
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("firm:users")


@firm_view(*ADMINISTRATORS, methods=("POST",))
def state(request: FirmRequest, pk: int) -> HttpResponse:
    get_object_or_404(request.firm.memberships, pk=pk)
    active = request.POST.get("to") == "active"
    try:
        changed = services.set_active(firm=request.firm, membership_id=pk, active=active)
        messages.success(request, f"{changed.user} {'may sign in here again' if active else 'was deactivated'}.")
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("firm:users")


def _mail(request: FirmRequest, invitation: Invitation) -> None:
    if invitations.send(invitation):
        messages.success(request, f"An invitation was sent to {invitation.email}. Its link works for seven days.")
    else:
        messages.warning(
            request,
            f"The mail server didn’t take the invitation of {invitation.email}. It is kept: send it again later.",
        )


def _page(request: FirmRequest, form: InviteForm, status: int = 200) -> HttpResponse:
    members = request.firm.memberships.select_related("user").order_by("-is_active", "user__name")
    context = {
        "members": members,
        "invitations": invitations.open_invitations(request.firm),
        "form": form,
        "roles": Role.choices,
        "duties": DUTIES,
    }
    return render(request, "firm/users.html", context, status=status)
