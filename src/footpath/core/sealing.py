"""Secrets of other systems that we have to give back: encrypted with the server's own key.

``FOOTPATH_SECRET_KEY`` opens them, and after a change of it ``SECRET_KEY_FALLBACKS`` still do.
"""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac


class CannotOpen(ValueError):
    """The text was sealed with a key that this server does not have, or altered."""


def seal(text: str) -> str:
    """Return the text encrypted; "" stays ""."""
    return _box().encrypt(text.encode()).decode() if text else ""


def unseal(sealed: str) -> str:
    """Return what was sealed; "" stays "". Raises CannotOpen when no key opens it."""
    if not sealed:
        return ""
    try:
        return _box().decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise CannotOpen from None


def _box() -> MultiFernet:
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return MultiFernet(
        [
            Fernet(
                base64.urlsafe_b64encode(
                    salted_hmac(
                        "footpath.sealing", "box", secret=secret, algorithm="sha256"
                    ).digest()
                )
            )
            for secret in keys
        ]
    )
