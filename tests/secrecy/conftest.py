"""Keys of the tests: made once, because a key takes half a second."""

from __future__ import annotations

import pytest

from footpath.secrecy import blind
from footpath.secrecy.blind import gmp, libcrypto
from footpath.secrecy.blind.keys import private_key
from tests.secrecy import vectors


@pytest.fixture(scope="session")
def pem() -> bytes:
    return vectors.fixed()["pem"].encode()


@pytest.fixture(params=["libcrypto", "gmp"])
def signer(request: pytest.FixtureRequest, pem: bytes) -> blind.Signer:
    """Both ways of signing, one after the other."""
    key = private_key(pem)
    if request.param == "gmp":
        return blind.Signer(pem, gmp.Gmp(key))
    library = libcrypto.load()
    assert library is not None
    return blind.Signer(pem, libcrypto.Libcrypto(library, key))
