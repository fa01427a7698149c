"""The .qwc file by which Intuit's Web Connector learns of this service. It holds no password."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from django.conf import settings
from django.urls import reverse

from .models import Agent

# What QuickBooks shows when it asks for access, and in Integrated Applications. Changing it makes it ask again.
APP_NAME = "BigTime Sync Agent"
APP_ID = ""
# One for the program, whatever the firm, file or version.
OWNER_ID = "{5b1d7a4e-3f0c-4c1e-9a57-6f2d8c0b7e31}"
CONTENT_TYPE = "application/x-qwc"
EVERY_MINUTES = 15
LOCAL = frozenset({"localhost"})


def document(agent: Agent) -> str:
    """The file for one Web Connector: its own user name, the company file's id, our address."""
    base = settings.BASE_URL
    values = {
        "AppName": APP_NAME,
        "AppID": APP_ID,
        "AppURL": f"{base}{reverse('quickbooks_desktop:soap')}",
        "AppDescription": "Lists come into BigTime, approved time goes into QuickBooks.",
        "AppSupport": f"{base}{reverse('quickbooks_desktop:support')}",
        "UserName": agent.username,
        "OwnerID": OWNER_ID,
        "FileID": agent.channel.file_id,
        "QBType": "QBFS",
        "Style": "Document",
        "IsReadOnly": "false",
        "AuthFlags": "0xF",
        "PersonalDataPref": "pdpOptional",
        "UnattendedModePref": "umpOptional",
    }
    lines = [f"  <{name}>{escape(value)}</{name}>" for name, value in values.items()]
    schedule = f"  <Scheduler><RunEveryNMinutes>{EVERY_MINUTES}</RunEveryNMinutes></Scheduler>"
    return "\n".join(['<?xml version="1.0"?>', "<QBWCXML>", *lines, schedule, "</QBWCXML>", ""])


def objection() -> str:
    """Why the Web Connector would refuse this installation's address; "" when it takes it."""
    parts = urlsplit(settings.BASE_URL)
    if _is_number(parts.hostname or ""):
        return "The Web Connector takes a name, not an address made of numbers. The Sync Agent works with either."
    if parts.scheme == "https" or parts.hostname in LOCAL:
        return ""
    return "The Web Connector only takes an https address. The Sync Agent works with this one too."


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
