"""The key that signs id tokens, and JSON Web Signatures made with it. RFC 7515, RFC 7517."""

import base64
import hashlib
import json
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

BITS = 2_048


class SigningKey:
    """An RSA key, made when it is first needed: that takes a moment."""

    @cached_property
    def _key(self) -> rsa.RSAPrivateKey:
        return rsa.generate_private_key(public_exponent=65_537, key_size=BITS)

    @cached_property
    def public(self) -> dict[str, Any]:
        """The public key as a JSON Web Key."""
        numbers = self._key.public_key().public_numbers()
        modulus = encoded(numbers.n.to_bytes(BITS // 8, "big"))
        identity = encoded(hashlib.sha256(modulus.encode()).digest())[:27]
        return {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": identity, "n": modulus, "e": "AQAB"}

    def signed(self, claims: Mapping[str, Any]) -> str:
        """Give a JSON Web Token with these claims, signed RS256."""
        head = {"typ": "JWT", "alg": "RS256", "kid": self.public["kid"]}
        content = f"{encoded(json.dumps(head).encode())}.{encoded(json.dumps(claims).encode())}"
        signature = self._key.sign(content.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{content}.{encoded(signature)}"


def encoded(content: bytes) -> str:
    """Give bytes in base64url without padding."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
