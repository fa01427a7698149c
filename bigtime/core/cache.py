"""A cache that is absent rather than fatal when the server behind it is."""

from __future__ import annotations

from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError


class PatientRedisCache(RedisCache):
    """Redis/Valkey cache whose outage means misses: the record is always in PostgreSQL."""

    def get(self, key: Any, default: Any = None, version: Any = None) -> Any:
        try:
            return super().get(key, default, version)
        except RedisError:
            return default

    def set(self, key: Any, value: Any, timeout: Any = 300, version: Any = None) -> None:
        try:
            super().set(key, value, timeout, version)
        except RedisError:
            return

    def delete(self, key: Any, version: Any = None) -> bool:
        try:
            return bool(super().delete(key, version))
        except RedisError:
            return False
