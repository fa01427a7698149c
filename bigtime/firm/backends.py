"""Who is signed in: the person and their memberships come in one statement, as every page needs both."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend

from bigtime.core.prepared import Prepared

from .models import Membership, User

MEMBERSHIPS = Prepared(
    lambda user: Membership.objects.filter(user=user, is_active=True).select_related("firm", "user").order_by("pk"),
    user=int,
)


class MemberBackend(ModelBackend):
    """Django's own, but `user.active_memberships` holds the person's memberships, each with its firm."""

    def get_user(self, user_id: Any) -> User | None:
        memberships = list(MEMBERSHIPS.objects(user=user_id))
        user: Any = memberships[0].user if memberships else super().get_user(user_id)
        if user is None or not self.user_can_authenticate(user):
            return None
        user.active_memberships = memberships
        for membership in memberships:
            membership.user = user
        return user  # type: ignore[no-any-return]
