"""The key that signs id_tokens, and its public half as a JSON web key."""

from __future__ import annotations

import base64
import json
import time
from functools import cache
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

KEY_ID = "simulator-key-1"


@cache
def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _number(value: int) -> str:
    return _encode(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def jwks() -> dict[str, Any]:
    numbers = _key().public_key().public_numbers()
    key = {"kty": "RSA", "kid": KEY_ID, "alg": "RS256", "use": "sig", "n": _number(numbers.n), "e": _number(numbers.e)}
    return {"keys": [key]}


def id_token(*, issuer: str, client_id: str, subject: str, realm: str) -> str:
    """Signed RS256; ``aud`` is a list, as Intuit writes it and intuit-oauth demands."""
    now = int(time.time())
    claims = {"sub": subject, "aud": [client_id], "realmid": realm, "auth_time": now, "iss": issuer}
    payload = {**claims, "exp": now + 3600, "iat": now}
    parts = [_encode(json.dumps(part).encode()) for part in ({"alg": "RS256", "kid": KEY_ID}, payload)]
    signed = ".".join(parts)
    signature = _key().sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{signed}.{_encode(signature)}"
