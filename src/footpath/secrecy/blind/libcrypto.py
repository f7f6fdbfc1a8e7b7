"""The private exponentiation by OpenSSL's libcrypto, called without a wrapper in between.

``EVP_PKEY_sign`` without padding, which no Python library offers. OpenSSL blinds every such
operation with a factor of its own, works by the two primes apart and checks that the result fits.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import weakref
from functools import cache

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

NAMES = ("libcrypto.so.3", "libcrypto.so.1.1", "libcrypto.3.dylib", "libcrypto-3-x64.dll")
"""With a version always: macOS ends a program that loads the one without."""

_pointer = ctypes.c_void_p
_length = ctypes.POINTER(ctypes.c_size_t)
_CALLS: dict[str, tuple[object, list[object]]] = {
    "d2i_AutoPrivateKey": (
        _pointer,
        [_pointer, ctypes.POINTER(ctypes.c_char_p), ctypes.c_long],
    ),
    "EVP_PKEY_free": (None, [_pointer]),
    "EVP_PKEY_CTX_new": (_pointer, [_pointer, _pointer]),
    "EVP_PKEY_CTX_free": (None, [_pointer]),
    "EVP_PKEY_sign_init": (ctypes.c_int, [_pointer]),
    "EVP_PKEY_CTX_ctrl_str": (ctypes.c_int, [_pointer, ctypes.c_char_p, ctypes.c_char_p]),
    "EVP_PKEY_sign": (
        ctypes.c_int,
        [_pointer, ctypes.c_char_p, _length, ctypes.c_char_p, ctypes.c_size_t],
    ),
    "ERR_clear_error": (None, []),
}


class Libcrypto:
    """A private key in the hands of libcrypto."""

    def __init__(self, library: ctypes.CDLL, key: rsa.RSAPrivateKey) -> None:
        """Hand the key over; it is given back when this object is gone."""
        der = key.private_bytes(
            serialization.Encoding.DER,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        self._library = library
        text = ctypes.c_char_p(der)
        self._key = library.d2i_AutoPrivateKey(None, ctypes.byref(text), len(der))
        if not self._key:
            library.ERR_clear_error()
            raise RuntimeError("libcrypto did not take the key")
        weakref.finalize(self, library.EVP_PKEY_free, self._key)

    def power(self, number: bytes) -> bytes:
        """Return number ** d % n, both in as many bytes as the modulus has."""
        library = self._library
        context = library.EVP_PKEY_CTX_new(self._key, None)
        try:
            out = ctypes.create_string_buffer(len(number))
            length = ctypes.c_size_t(len(number))
            done = (
                library.EVP_PKEY_sign_init(context) == 1
                and library.EVP_PKEY_CTX_ctrl_str(context, b"rsa_padding_mode", b"none") == 1
                and library.EVP_PKEY_sign(context, out, ctypes.byref(length), number, len(number))
                == 1
            )
        finally:
            library.EVP_PKEY_CTX_free(context)
        if not done:
            library.ERR_clear_error()
            raise RuntimeError("libcrypto did not sign")
        return out.raw[: length.value]


@cache
def load() -> ctypes.CDLL | None:
    """Return libcrypto, ready to be called; None where there is none that can do what we need."""
    for name in NAMES:
        try:
            library = ctypes.CDLL(name)
            for call, (gives, takes) in _CALLS.items():
                function = getattr(library, call)
                function.restype, function.argtypes = gives, takes
        except (OSError, AttributeError):
            continue
        return library
    return None
