"""The one address that the Web Connector and the Sync Agent call. Its sign-in is its own: cookies mean nothing here."""

from __future__ import annotations

import logging

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from . import callbacks, continuity, soap, wsdl

log = logging.getLogger(__name__)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def service(request: HttpRequest) -> HttpResponse:
    """GET answers the description, and 200: the Web Connector checks the certificate by that."""
    if request.method != "POST":
        address = f"{settings.BASE_URL}{reverse('quickbooks_desktop:soap')}"
        return HttpResponse(wsdl.describe(address), content_type=soap.CONTENT_TYPE)
    try:
        # Read as a stream: the site's own limit on form data is far below a page of customers.
        call = soap.read(request.read(soap.MOST_BYTES + 1))
    except soap.Refused as refused:
        return HttpResponse(soap.fault(str(refused)), content_type=soap.CONTENT_TYPE, status=400)
    last = request.headers.get(continuity.HEADER, "")[:64]
    result = callbacks.answer(call, client_address(request), last)
    return HttpResponse(soap.reply(call.operation, result), content_type=soap.CONTENT_TYPE)


def client_address(request: HttpRequest) -> str:
    """Behind a proxy the address it added, which is the last; whatever stands before that is the visitor's claim."""
    if settings.BEHIND_PROXY:
        return request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return str(request.META.get("REMOTE_ADDR", ""))


@require_http_methods(["GET", "HEAD"])
def support(request: HttpRequest) -> HttpResponse:
    """What the Web Connector opens as the program's support page, and checks for 200 without signing in."""
    text = "BigTime and QuickBooks Desktop: sign in to BigTime, My Company, Integrations, QuickBooks Desktop, Help."
    return HttpResponse(text, content_type="text/plain; charset=utf-8")
