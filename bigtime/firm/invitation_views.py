"""The address in an invitation's mail: open to anybody who has the link."""

from __future__ import annotations

from django.contrib.auth import login
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from . import invitations
from .forms import AcceptForm
from .middleware import SESSION_KEY
from .models import Invitation, Membership, User
from .refusals import Refused

PAGE = "firm/invitation.html"
BACKEND = "bigtime.firm.backends.MemberBackend"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Whoever has no account chooses a password here; whoever has one signs in first: the link alone isn't enough."""
    try:
        found = invitations.find(token)
        if invitations.account_of(found):
            return _existing(request, token, found)
        return _new(request, token, found)
    except Refused as refusal:
        return render(request, PAGE, {"refusal": str(refusal)}, status=410)


def _existing(request: HttpRequest, token: str, found: Invitation) -> HttpResponse:
    if not request.user.is_authenticated:
        return redirect_to_login(request.path)
    user = User.objects.get(pk=request.user.pk)
    if request.method == "POST":
        return _arrived(request, invitations.accept_as(token=token, user=user))
    if user.email.lower() != found.email.lower():
        sentence = f"This invitation is for {found.email}, and you are signed in as {user.email}. Sign out first."
        return render(request, PAGE, {"refusal": sentence}, status=403)
    return render(request, PAGE, {"invitation": found})


def _new(request: HttpRequest, token: str, found: Invitation) -> HttpResponse:
    form = AcceptForm(request.POST or None, email=found.email)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        membership = invitations.accept_new(token=token, name=given["name"], password=given["password"])
        login(request, membership.user, backend=BACKEND)
        return _arrived(request, membership)
    status = 422 if request.method == "POST" else 200
    return render(request, PAGE, {"invitation": found, "form": form}, status=status)


def _arrived(request: HttpRequest, membership: Membership) -> HttpResponse:
    request.session[SESSION_KEY] = membership.firm_id
    rotate_token(request)  # pages of the firm left behind must not act in this one
    return redirect("dashboard:home")
