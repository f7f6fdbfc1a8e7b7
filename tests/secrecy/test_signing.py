"""Signing what cannot be read: refusals, faults, both ways, many at once."""

from __future__ import annotations

import ctypes
import math
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from footpath.secrecy import blind
from footpath.secrecy.blind import gmp, libcrypto
from footpath.secrecy.blind.keys import private_key

MESSAGE = b"m" * 32


def fresh(key: blind.PublicKey) -> tuple[bytes, blind.Blinded]:
    prepared = blind.prepare(MESSAGE)
    return prepared, blind.blind(prepared, key)


def test_what_was_drawn_can_be_spent(signer: blind.Signer) -> None:
    prepared, blinded = fresh(signer.key)

    signature = blind.finalize(prepared, signer.sign(blinded.message), blinded.inverse, signer.key)

    assert len(signature) == 384
    blind.verify(prepared, signature, signer.key)


def test_both_ways_give_the_same_signature(pem: bytes) -> None:
    key = private_key(pem)
    _, blinded = fresh(blind.Signer(pem).key)
    library = libcrypto.load()
    assert library is not None

    by_openssl = blind.Signer(pem, libcrypto.Libcrypto(library, key)).sign(blinded.message)
    by_gmp = blind.Signer(pem, gmp.Gmp(key)).sign(blinded.message)

    assert by_openssl == by_gmp


def test_what_no_honest_member_asks_for_is_not_signed(signer: blind.Signer, pem: bytes) -> None:
    n, size = signer.key.n, signer.key.size
    primes = private_key(pem).private_numbers()
    numbers = [
        *(0, 1, n - 1, n, n + 1, 2 ** (8 * size) - 1),
        *(primes.p, primes.q, 7 * primes.p, 11 * primes.q),
    ]
    _, good = fresh(signer.key)
    malformed = [
        *(number.to_bytes(size) for number in numbers),
        *(b"", good.message[1:], b"\0" + good.message, good.message + b"\0"),
    ]

    for blinded in malformed:
        with pytest.raises(blind.Malformed):
            signer.check(blinded)
        with pytest.raises(blind.Malformed):
            signer.sign(blinded)
    signer.check(good.message)
    signer.check((2).to_bytes(size))
    signer.check((n - 2).to_bytes(size))


def test_a_fault_never_leaves_the_process(pem: bytes) -> None:
    engine = gmp.Gmp(private_key(pem))
    signer = blind.Signer(pem, engine)
    _, blinded = fresh(signer.key)
    engine._dp = engine._dp ^ 1 << 700  # one bit of half of the calculation

    with pytest.raises(blind.Fault) as caught:
        signer.sign(blinded.message)

    # What was thrown away would have told the private key to whoever had asked.
    wrong = int.from_bytes(engine.power(blinded.message))
    difference = pow(wrong, signer.key.e, signer.key.n) - int.from_bytes(blinded.message)
    assert math.gcd(difference, signer.key.n) in {engine._p, engine._q}
    assert caught.value.args == ("the signature came out wrong",)
    assert caught.value.__context__ is None


@pytest.mark.parametrize("place", [0, 200, 383])
def test_no_result_that_is_off_by_one_bit_leaves_the_process(pem: bytes, place: int) -> None:
    real = blind.Signer(pem)

    class Flipping:
        def power(self, number: bytes) -> bytes:
            signed = bytearray(real.sign(number))
            signed[place] ^= 1
            return bytes(signed)

    with pytest.raises(blind.Fault):
        blind.Signer(pem, Flipping()).sign(fresh(real.key)[1].message)


@pytest.mark.parametrize("change", [lambda one: one[1:], lambda one: b"\0" + one, lambda one: b""])
def test_no_result_of_another_length_leaves_the_process(pem: bytes, change) -> None:
    real = blind.Signer(pem)

    class Cutting:
        def power(self, number: bytes) -> bytes:
            return change(real.sign(number))

    with pytest.raises(blind.Fault):
        blind.Signer(pem, Cutting()).sign(fresh(real.key)[1].message)


def test_a_key_whose_halves_were_altered_in_its_file_gives_no_wrong_signature(pem: bytes) -> None:
    numbers = private_key(pem).private_numbers()
    altered = rsa.RSAPrivateNumbers(
        p=numbers.p,
        q=numbers.q,
        d=numbers.d,
        dmp1=numbers.dmp1 ^ 1 << 9,
        dmq1=numbers.dmq1,
        iqmp=numbers.iqmp,
        public_numbers=numbers.public_numbers,
    ).private_key(unsafe_skip_rsa_key_validation=True)
    file = altered.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    good, broken = blind.Signer(pem), blind.Signer(file)
    _, blinded = fresh(good.key)

    # OpenSSL notices and calculates again without the halves; our check would stop it otherwise.
    assert broken.sign(blinded.message) == good.sign(blinded.message)
    with pytest.raises(blind.Fault):
        blind.Signer(file, gmp.Gmp(altered)).sign(blinded.message)


def test_eight_threads_may_use_one_signer(signer: blind.Signer) -> None:
    drawn = [fresh(signer.key) for _ in range(16)]

    with ThreadPoolExecutor(8) as threads:
        signed = list(threads.map(lambda one: signer.sign(one[1].message), drawn))

    for (prepared, blinded), answer in zip(drawn, signed, strict=True):
        blind.finalize(prepared, answer, blinded.inverse, signer.key)


def test_gmp_signs_where_no_libcrypto_can_be_loaded(
    pem: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(blind.Signer(pem)._engine, libcrypto.Libcrypto)

    monkeypatch.setattr(libcrypto, "load", lambda: None)

    signer = blind.Signer(pem)
    assert isinstance(signer._engine, gmp.Gmp)
    signer.sign(fresh(signer.key)[1].message)


def test_gmp_signs_where_libcrypto_refuses_to(pem: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(engine: libcrypto.Libcrypto, number: bytes) -> bytes:
        raise RuntimeError

    monkeypatch.setattr(libcrypto.Libcrypto, "power", refuses)

    signer = blind.Signer(pem)
    assert isinstance(signer._engine, gmp.Gmp)
    signer.sign(fresh(signer.key)[1].message)


def test_without_either_the_administrator_reads_what_to_install(
    pem: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(libcrypto, "load", lambda: None)
    monkeypatch.setitem(sys.modules, "gmpy2", None)

    with pytest.raises(RuntimeError, match="install libcrypto"):
        blind.Signer(pem)


@pytest.mark.parametrize("names", [(), ("libnothing-of-this-name.so.9",), ("libc.so.6",)])
def test_a_library_that_cannot_sign_is_passed_over(
    names: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(libcrypto, "NAMES", names)

    assert libcrypto.load.__wrapped__() is None


def test_libcrypto_that_takes_no_key_is_said_so(pem: bytes) -> None:
    class TakesNothing:
        def d2i_AutoPrivateKey(self, *_: object) -> None:  # noqa: N802
            return None

        def ERR_clear_error(self) -> None:  # noqa: N802
            return None

    with pytest.raises(RuntimeError, match="did not take the key"):
        libcrypto.Libcrypto(TakesNothing(), private_key(pem))  # type: ignore[arg-type]


def test_what_libcrypto_refuses_leaves_no_error_behind(pem: bytes) -> None:
    library = libcrypto.load()
    assert library is not None
    engine = libcrypto.Libcrypto(library, private_key(pem))

    with pytest.raises(RuntimeError, match="did not sign"):
        engine.power(b"too short")

    library.ERR_peek_error.restype = ctypes.c_ulong
    assert library.ERR_peek_error() == 0


def test_gmp_hides_each_number_behind_another_factor(
    pem: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = gmp.Gmp(private_key(pem))
    p = int(engine._p)
    drawn = iter([p - 2, 5, 7])
    monkeypatch.setattr(gmp.secrets, "randbelow", lambda limit: next(drawn))

    # The first shares a divisor with the key and is not taken.
    assert [int(engine._factor()), int(engine._factor())] == [7, 9]


def test_nothing_tells_which_transcript_a_token_came_from(pem: bytes) -> None:
    signer = blind.Signer(pem)
    n, e = signer.key.n, signer.key.e
    transcripts, signatures = [], []
    for _ in range(12):
        prepared, blinded = fresh(signer.key)
        answer = signer.sign(blinded.message)
        transcripts.append((int.from_bytes(blinded.message), int.from_bytes(answer)))
        signature = blind.finalize(prepared, answer, blinded.inverse, signer.key)
        signatures.append(int.from_bytes(signature))

    explained = 0
    for asked, answered in transcripts:
        for signature in signatures:
            # The blinding factor with which this transcript would have given this token.
            factor = answered * pow(signature, -1, n) % n
            assert math.gcd(factor, n) == 1
            explained += pow(signature, e, n) * pow(factor, e, n) % n == asked
    assert explained == 144


def test_a_server_that_signs_with_another_key_is_found_out(pem: bytes) -> None:
    published = blind.Signer(pem)
    marking = blind.Signer(blind.new_key())
    prepared, blinded = fresh(published.key)
    while int.from_bytes(blinded.message) >= marking.key.n - 1:
        prepared, blinded = fresh(published.key)

    with pytest.raises(blind.BadSignature):
        blind.finalize(prepared, marking.sign(blinded.message), blinded.inverse, published.key)


def test_an_answer_of_another_length_is_no_signature(pem: bytes) -> None:
    signer = blind.Signer(pem)
    prepared, blinded = fresh(signer.key)
    answer = signer.sign(blinded.message)
    signature = blind.finalize(prepared, answer, blinded.inverse, signer.key)

    for wrong in (b"", answer[1:], b"\0" + answer):
        with pytest.raises(blind.BadSignature):
            blind.finalize(prepared, wrong, blinded.inverse, signer.key)
    for wrong in (b"", signature[1:], b"\0" + signature):
        with pytest.raises(blind.BadSignature):
            blind.verify(prepared, wrong, signer.key)


def test_a_broken_key_is_not_used_for_blinding(pem: bytes) -> None:
    signer = blind.Signer(pem)
    p = private_key(pem).private_numbers().p

    with pytest.raises(ValueError, match="broken"):
        blind.blind(blind.prepare(MESSAGE), signer.key, factor=p)


def test_nothing_secret_is_shown_by_what_is_printed(pem: bytes) -> None:
    _, blinded = fresh(blind.Signer(pem).key)

    assert repr(blinded) == "Blinded()"
