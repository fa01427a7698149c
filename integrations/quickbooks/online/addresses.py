"""Where an environment's discovery document and API are: Intuit's own, untouched, or the simulator's."""

from __future__ import annotations

import os

from django.conf import settings
from quickbooks import QuickBooks

SIMULATOR = "simulator"
SANDBOX = "sandbox"
PRODUCTION = "production"


def discovery(environment: str) -> str:
    """What intuit-oauth takes as `environment`: a name it knows, or the address of the simulator's discovery document.

    Raises ValueError for an environment that does not exist.
    """
    if environment == SIMULATOR:
        return f"{settings.INTUIT_SIMULATOR_URL}/.well-known/openid_sandbox_configuration/"
    if environment in (SANDBOX, PRODUCTION):
        return environment
    raise ValueError(f"There is no Intuit environment called {environment!r}.")


def api_base(environment: str) -> str:
    """The API's base address, ending in "/v3". Raises ValueError for an environment that does not exist."""
    if environment == SIMULATOR:
        _permit_plain_http(settings.INTUIT_SIMULATOR_URL)
        return f"{settings.INTUIT_SIMULATOR_URL}/v3"
    if environment == SANDBOX:
        return str(QuickBooks.sandbox_api_url_v3)
    if environment == PRODUCTION:
        return str(QuickBooks.api_url_v3)
    raise ValueError(f"There is no Intuit environment called {environment!r}.")


def _permit_plain_http(url: str) -> None:
    """requests_oauthlib refuses http unless told otherwise; Intuit's own addresses are https whatever this says."""
    if url.startswith("http://"):
        os.environ.setdefault("OAUTHLIB_INSECURE_TRANSPORT", "1")
