"""The keys of epochs: RSA-3072 with the exponent 65537, for blind signatures and nothing else."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

BITS = 3072
EXPONENT = 65537


@dataclass(frozen=True)
class PublicKey:
    """What everybody knows of a key: the modulus and the exponent."""

    n: int
    e: int = EXPONENT

    @classmethod
    def read(cls, der: bytes) -> PublicKey:
        """Return the key of an SPKI; ValueError unless it is RSA-3072 with 65537."""
        try:
            key = serialization.load_der_public_key(der)
        except (ValueError, TypeError):
            raise ValueError("this is no public key") from None
        if not isinstance(key, rsa.RSAPublicKey) or key.key_size != BITS:
            raise ValueError(f"this is no RSA key of {BITS} bits")
        numbers = key.public_numbers()
        if numbers.e != EXPONENT or _spki(key) != der:
            raise ValueError("this is not the one way to write such a key")
        return cls(numbers.n, numbers.e)

    @property
    def size(self) -> int:
        """Return the length of a signature in bytes: 384."""
        return (self.n.bit_length() + 7) // 8

    @cached_property
    def checker(self) -> rsa.RSAPublicKey:
        """Return the key as the library wants it that checks signatures."""
        return rsa.RSAPublicNumbers(self.e, self.n).public_key()

    @property
    def spki(self) -> bytes:
        """Return the key as DER SubjectPublicKeyInfo, with the plain rsaEncryption algorithm."""
        return _spki(self.checker)


def new_key() -> bytes:
    """Return a new private key as PEM (PKCS #8, not encrypted): what a key file holds."""
    key = rsa.generate_private_key(public_exponent=EXPONENT, key_size=BITS)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def private_key(pem: bytes) -> rsa.RSAPrivateKey:
    """Return the key that a file holds; ValueError when it holds no RSA key.

    The primes are not tested again, which would take longer than a thousand signatures: whatever
    is wrong with a key, a wrong signature never leaves the signer.
    """
    try:
        key = serialization.load_pem_private_key(
            pem, password=None, unsafe_skip_rsa_key_validation=True
        )
    except (ValueError, TypeError):
        raise ValueError("this is no private key") from None
    if not isinstance(key, rsa.RSAPrivateKey):
        raise ValueError("this is no RSA key")
    return key


def spki(pem: bytes) -> bytes:
    """Return the public form of a private key, DER SubjectPublicKeyInfo."""
    return _spki(private_key(pem).public_key())


def kid(der: bytes) -> str:
    """Return the name of a public key: the SHA-256 of its SPKI, 64 hexadecimal digits."""
    return hashlib.sha256(der).hexdigest()


def _spki(key: rsa.RSAPublicKey) -> bytes:
    return key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
