"""My Company: the firm's settings; and what everybody may choose for themselves: the firm to work in, and the theme."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from bigtime.core.actions import back_to
from bigtime.core.editing import edit

from .access import ADMINISTRATORS, FirmRequest, firm_view
from .forms import SettingsForm
from .middleware import SESSION_KEY
from .models import Firm, Membership, User


@firm_view(*ADMINISTRATORS, methods=("GET", "HEAD", "POST"))
def settings(request: FirmRequest) -> HttpResponse:
    firm = Firm.objects.get(pk=request.firm.pk)
    form = SettingsForm(request.POST or None, instance=firm, firm=firm)
    here = reverse("firm:settings")
    return edit(request, form, "firm/settings.html", then=lambda f: here, said="The settings were saved.",
                title="Firm", back_url=here, members=firm.memberships.filter(is_active=True).count())  # fmt: skip


@require_POST
@login_required
def switch(request: FirmRequest) -> HttpResponse:
    """Works in another firm from now on; only one's own. Goes to the dashboard, because ids mean nothing there."""
    chosen = request.POST.get("firm", "")
    found = Membership.objects.filter(user=request.user, is_active=True, firm_id=chosen if chosen.isdecimal() else 0)
    membership = found.select_related("firm").first()
    if membership is None:
        messages.error(request, "You aren’t a member of that firm. You still work in the one you were in.")
    else:
        request.session[SESSION_KEY] = membership.firm_id
        # A page still open in another tab shows the firm left behind: its buttons must not act in this one.
        rotate_token(request)
        messages.success(request, f"You now work in {membership.firm}.")
    return redirect("dashboard:home")


@require_POST
@login_required
def theme(request: FirmRequest) -> HttpResponse:
    chosen = request.POST.get("theme", "")
    if chosen in User.Theme.values:
        User.objects.filter(pk=request.user.pk).update(theme=chosen)
    return redirect(back_to(request, reverse("dashboard:home")))
