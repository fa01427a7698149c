"""The letter to a firm's administrators when a connection stops."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import send_mail
from django.urls import reverse

from bigtime.firm.models import Membership, Role
from integrations.models import Connection


def tell_administrators(connection: Connection, reason: str) -> None:
    """One message to every active administrator. A mail server that fails stops nothing: every page says it too."""
    active = Membership.objects.filter(firm_id=connection.firm_id, is_active=True, role=Role.ADMINISTRATOR)
    addresses = list(active.values_list("user__email", flat=True))
    text = (
        f"{reason}\n\nUntil then nothing is read from or posted to {connection}. What is queued is kept, and goes on "
        f"by itself after you reconnect:\n{settings.BASE_URL}{reverse('quickbooks_online:enable')}\n"
    )
    for address in addresses:
        send_mail(f"BigTime: {connection} needs reconnecting", text, None, [address], fail_silently=True)
