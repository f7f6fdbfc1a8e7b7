"""The keys of epochs: what is written in files and told to everybody."""

from __future__ import annotations

import hashlib

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from footpath.secrecy import blind
from footpath.secrecy.blind.keys import private_key


def der(key) -> bytes:
    return key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def test_a_new_key_is_rsa_3072_and_another_each_time() -> None:
    one, other = private_key(blind.new_key()), private_key(blind.new_key())

    assert (one.key_size, one.public_key().public_numbers().e) == (3072, 65537)
    assert one.private_numbers() != other.private_numbers()


def test_the_public_form_says_the_same_key(pem: bytes) -> None:
    public = blind.spki(pem)

    assert blind.PublicKey.read(public) == blind.Signer(pem).key
    assert blind.PublicKey.read(public).spki == public
    assert blind.PublicKey.read(public).size == 384
    assert blind.kid(public) == hashlib.sha256(public).hexdigest()


def test_what_is_no_key_of_an_epoch_is_refused(pem: bytes) -> None:
    public = blind.spki(pem)
    small = rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key()
    cube = rsa.RSAPublicNumbers(3, blind.PublicKey.read(public).n).public_key()
    of_another_kind = ed25519.Ed25519PrivateKey.generate().public_key()

    for wrong in (b"", b"no key", public[:-1], public + b"\0", der(small), der(cube)):
        with pytest.raises(ValueError, match="this is no"):
            blind.PublicKey.read(wrong)
    with pytest.raises(ValueError, match="no RSA key of 3072 bits"):
        blind.PublicKey.read(der(of_another_kind))


def test_a_key_that_says_it_is_for_pss_alone_is_not_the_one_way_to_write_it(pem: bytes) -> None:
    plain = bytes.fromhex("300d06092a864886f70d0101010500")  # rsaEncryption, no parameters
    pss = bytes.fromhex("300b06092a864886f70d01010a")  # id-RSASSA-PSS
    public = blind.spki(pem)
    inner = public[4:].replace(plain, pss, 1)
    renamed = b"\x30\x82" + len(inner).to_bytes(2) + inner

    with pytest.raises(ValueError, match="this is no"):
        blind.PublicKey.read(renamed)


def test_a_file_that_holds_no_rsa_key_is_refused() -> None:
    elliptic = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )

    with pytest.raises(ValueError, match="no private key"):
        private_key(b"nothing of the kind")
    with pytest.raises(ValueError, match="no RSA key"):
        private_key(elliptic)
