"""The server's side: sign what cannot be read, and let no wrong signature out.

The private exponentiation is done by libcrypto, with OpenSSL's own blinding against measuring its
time; where no libcrypto can be loaded, by GMP's side-channel silent exponentiation with a blinding
of our own. Python's ``pow`` with the private exponent tells it by its time: it is never used.
"""

from __future__ import annotations

import math
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric import rsa

from footpath.secrecy.blind import gmp, libcrypto
from footpath.secrecy.blind.keys import PublicKey, private_key


class Malformed(ValueError):
    """What was sent is nothing that an honest member would ask to be signed."""


class Fault(RuntimeError):
    """The signature came out wrong and was thrown away: it could have told the private key."""


class Engine(Protocol):
    """What raises a number to the private exponent."""

    def power(self, number: bytes) -> bytes:
        """Return number ** d % n, both in as many bytes as the modulus has."""
        ...


class Signer:
    """Signs blinded messages with the private key of an epoch.

    It may be kept and used by several threads at once.
    """

    def __init__(self, pem: bytes, engine: Engine | None = None) -> None:
        """Read a key as ``new_key`` gives it; ValueError when it is none."""
        key = private_key(pem)
        numbers = key.public_key().public_numbers()
        self.key = PublicKey(numbers.n, numbers.e)
        self._engine = engine or engine_for(key)

    def check(self, blinded: bytes) -> None:
        """Raise Malformed unless an honest member could ask to have this signed.

        It is a number of 384 bytes between 2 and n - 2 that shares no divisor with n.
        """
        if len(blinded) != self.key.size:
            raise Malformed("a blinded message has the length of the key")
        number = int.from_bytes(blinded)
        if not 1 < number < self.key.n - 1 or math.gcd(number, self.key.n) != 1:
            raise Malformed("this number is not to be signed")

    def sign(self, blinded: bytes) -> bytes:
        """Return the blind signature of a blinded message, 384 bytes.

        Malformed as of ``check``. Fault when the result is not what it must be: it is thrown away.
        """
        self.check(blinded)
        signed = self._engine.power(blinded)
        again = pow(int.from_bytes(signed), self.key.e, self.key.n)
        if len(signed) != self.key.size or again != int.from_bytes(blinded):
            raise Fault("the signature came out wrong")
        return signed


def engine_for(key: rsa.RSAPrivateKey) -> Engine:
    """Return libcrypto with this key, or GMP where no libcrypto can be loaded or made to sign.

    Some are built or set up to refuse signing without padding: one number is tried. RuntimeError,
    in a sentence for the administrator, where neither can.
    """
    if (library := libcrypto.load()) is not None:
        try:
            engine = libcrypto.Libcrypto(library, key)
            engine.power((2).to_bytes(key.key_size // 8))
        except RuntimeError:
            return gmp.Gmp(key)
        return engine
    return gmp.Gmp(key)
