"""Encrypted columns: MultiFernet, keys in the environment, the first key encrypts and every key decrypts."""

from __future__ import annotations

from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models


class Undecryptable(Exception):
    """A stored secret was written with a key that is no longer in BIGTIME_ENCRYPTION_KEYS."""


def keyring() -> MultiFernet:
    if not settings.ENCRYPTION_KEYS:
        raise ImproperlyConfigured("BIGTIME_ENCRYPTION_KEYS is empty: no secret can be stored or read.")
    return MultiFernet([Fernet(key) for key in settings.ENCRYPTION_KEYS])


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]
    """Text that is ciphertext in the database. Empty stays empty. Not searchable."""

    def get_prep_value(self, value: Any) -> Any:
        return keyring().encrypt(str(value).encode()).decode() if value else ""

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str:
        if not value:
            return ""
        try:
            return keyring().decrypt(value.encode()).decode()
        except InvalidToken as error:
            raise Undecryptable("A stored secret can't be read with the keys in BIGTIME_ENCRYPTION_KEYS.") from error
