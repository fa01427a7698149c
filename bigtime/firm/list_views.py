"""Saved views of lists: save, rename, share, open with, delete. Everybody has their own; administrators share."""

from __future__ import annotations

import re

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from bigtime.core.actions import back_to
from bigtime.core.models import SavedView
from bigtime.core.saved_views import address_of, visible

from . import view_services as services
from .access import FirmRequest, firm_view
from .models import Role
from .refusals import Refused

LIST = re.compile(r"[a-z0-9_-]{1,60}")


class ViewForm(forms.Form):
    name = forms.CharField(max_length=80, label="Name")
    shared = forms.BooleanField(required=False, label="Share with everybody in the firm")


@firm_view(methods=("POST",))
def view_save(request: FirmRequest) -> HttpResponse:
    """Saves what a list shows under a name, then shows the list by that view."""
    back, name = back_to(request, reverse("dashboard:home")), request.POST.get("list", "")
    form = ViewForm(request.POST)
    if not LIST.fullmatch(name):
        messages.error(request, "The view wasn’t saved: the page sent no list.")
        return redirect(back)
    if not form.is_valid():
        messages.error(request, "The view wasn’t saved: it needs a name of at most 80 characters.")
        return redirect(back)
    try:
        view = services.save_view(
            firm=request.firm, owner=request.user, name=name, title=form.cleaned_data["name"],
            query=request.POST.get("query", ""), shared=_may_share(request) and form.cleaned_data["shared"],
        )  # fmt: skip
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(back)
    messages.success(request, f"The view “{view}” was saved.")
    return redirect(_opened(request, view))


@firm_view(methods=("POST",))
def view_keep(request: FirmRequest, pk: int) -> HttpResponse:
    """Puts what the list shows now into the view it was opened with."""
    view = _mine(request, pk)
    try:
        services.keep(view=view, query=request.POST.get("query", ""))
        messages.success(request, f"“{view}” now shows what you see.")
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(_opened(request, view))


@firm_view(methods=("GET", "HEAD", "POST"))
def view_edit(request: FirmRequest, pk: int) -> HttpResponse:
    view, back = _mine(request, pk), back_to(request, reverse("dashboard:home"))
    form = ViewForm(request.POST or None, initial={"name": view.name, "shared": view.shared})
    if not _may_share(request):
        del form.fields["shared"]
    if request.method == "POST" and form.is_valid():
        try:
            services.change(view=view, title=form.cleaned_data["name"], shared=form.cleaned_data.get("shared", False))
            messages.success(request, f"The view “{view}” was saved.")
            return redirect(back)
        except Refused as refusal:
            form.add_error("name", str(refusal))
    context = {"view": view, "form": form, "next": back}
    return render(request, "lists/view.html", context, status=422 if request.method == "POST" else 200)


@firm_view(methods=("POST",))
def view_default(request: FirmRequest, pk: int) -> HttpResponse:
    """The list opens with this view from now on, for this person; `to=none`: as it comes."""
    view = get_object_or_404(visible(firm=request.firm, user=request.user), pk=pk)
    on = request.POST.get("to") != "none"
    services.set_default(view=view, user=request.user, on=on)
    messages.success(request, f"The list opens with “{view}” from now on." if on else "The list opens as it comes.")
    return redirect(back_to(request, reverse("dashboard:home")))


@firm_view(methods=("POST",))
def view_delete(request: FirmRequest, pk: int) -> HttpResponse:
    view = _mine(request, pk)
    view.delete()
    messages.success(request, f"The view “{view}” was deleted. What it showed stays.")
    return redirect(back_to(request, reverse("dashboard:home")))


def _may_share(request: FirmRequest) -> bool:
    return request.membership.role == Role.ADMINISTRATOR


def _mine(request: FirmRequest, pk: int) -> SavedView:
    """A view this person may change: their own; for administrators the shared ones, too."""
    found = services.changeable_by(firm=request.firm, user=request.user, shares=_may_share(request))
    view: SavedView = get_object_or_404(found, pk=pk)
    return view


def _opened(request: FirmRequest, view: SavedView) -> str:
    """The list the form came from, by this view."""
    return address_of(view, back_to(request, reverse("dashboard:home"), "home"))
