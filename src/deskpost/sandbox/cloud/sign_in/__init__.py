"""Microsoft's sign-in, simulated: OAuth 2.0 and OpenID Connect as the Microsoft identity platform speaks them.

`service.py` leads a request to its endpoint; each endpoint is a file.
"""

from deskpost.sandbox.cloud.sign_in.service import served

__all__ = ["served"]
