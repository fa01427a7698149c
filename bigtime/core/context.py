"""What every page's shell needs: navigation, banners, theme."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from . import navigation


@dataclass(frozen=True, slots=True)
class Banner:
    """A sentence across the top of every page, with the page that mends it."""

    level: str  # "info", "warn" or "err"
    text: str
    url: str = ""
    label: str = ""


BannerSource = Callable[[HttpRequest], list[Banner]]
_banner_sources: list[BannerSource] = []


def register_banners(source: BannerSource) -> None:
    _banner_sources.append(source)


def shell(request: HttpRequest) -> dict[str, Any]:
    membership = getattr(request, "membership", None)
    user = getattr(request, "user", None)
    theme = getattr(user, "theme", "auto") if user and user.is_authenticated else "auto"
    if membership is None:
        return {"navigation": [], "banners": [], "theme": theme}
    # A fragment has no frame, so what only the frame shows is asked when it is shown.
    return {
        "navigation": SimpleLazyObject(lambda: navigation.sections_for(request, membership.role)),
        "banners": SimpleLazyObject(lambda: [banner for source in _banner_sources for banner in source(request)]),
        "theme": theme,
        "firm": membership.firm,
        "membership": membership,
    }
