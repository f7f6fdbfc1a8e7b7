"""The private exponentiation by GMP, through gmpy2: where no libcrypto can be loaded.

By the two primes apart, each with ``mpz_powm_sec``, whose time does not depend on the exponent; the
number is first multiplied by a random one to the public exponent, so that nobody who sends numbers
of their own choice learns from the time what is done with them.
"""

from __future__ import annotations

import math
import secrets
from importlib import import_module
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa


class Gmp:
    """A private key in the hands of GMP."""

    def __init__(self, key: rsa.RSAPrivateKey) -> None:
        """Take the key; RuntimeError where gmpy2 is not installed."""
        self._gmp = load()
        numbers = key.private_numbers()
        number = self._gmp.mpz
        self._n = number(numbers.public_numbers.n)
        self._e = number(numbers.public_numbers.e)
        self._p, self._q = number(numbers.p), number(numbers.q)
        self._dp, self._dq = number(numbers.dmp1), number(numbers.dmq1)
        self._q_inverse = number(numbers.iqmp)

    def power(self, number: bytes) -> bytes:
        """Return number ** d % n, both in as many bytes as the modulus has."""
        gmp, n = self._gmp, self._n
        factor = self._factor()
        hidden = gmp.mpz(int.from_bytes(number)) * gmp.powmod(factor, self._e, n) % n
        by_p = gmp.powmod_sec(hidden % self._p, self._dp, self._p)
        by_q = gmp.powmod_sec(hidden % self._q, self._dq, self._q)
        joined = by_q + self._q * ((by_p - by_q) * self._q_inverse % self._p)
        return int(joined * gmp.invert(factor, n) % n).to_bytes(len(number))

    def _factor(self) -> Any:
        while True:
            factor = self._gmp.mpz(2 + secrets.randbelow(int(self._n) - 2))
            if math.gcd(int(factor), int(self._n)) == 1:
                return factor


def load() -> Any:
    """Return gmpy2; RuntimeError, in a sentence for the administrator, where it is missing."""
    try:
        return import_module("gmpy2")
    except ImportError:
        raise RuntimeError(
            "Tokens cannot be signed: install libcrypto (OpenSSL 1.1.1 or later) or the "
            "extra footpath[gmp]."
        ) from None
