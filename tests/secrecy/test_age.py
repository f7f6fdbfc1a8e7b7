"""Sealed files: opened by all they are for and by nobody else, and of one length."""

from __future__ import annotations

import pyrage
import pytest

from footpath.secrecy import age, bech32

LENGTHS = (0, 1, 4096, 65535, 65536, 65537, 2 * 65536, 200_000)


def test_an_identity_is_what_age_calls_one() -> None:
    identity = age.new_identity()

    theirs = pyrage.x25519.Identity.from_str(identity)
    assert str(theirs) == identity
    assert str(theirs.to_public()) == age.recipient_of(identity)
    assert age.check_recipient(age.recipient_of(identity)) == age.recipient_of(identity)


def test_everybody_it_is_for_opens_it_and_nobody_else() -> None:
    identities = [age.new_identity() for _ in range(4)]
    sealed = age.seal(b"a question", [age.recipient_of(one) for one in identities])

    assert [age.open_(sealed, one) for one in identities] == [b"a question"] * 4
    with pytest.raises(age.CannotOpen):
        age.open_(sealed, age.new_identity())


def test_what_was_altered_by_one_bit_is_not_opened() -> None:
    identity = age.new_identity()
    sealed = age.seal(b"a question", [age.recipient_of(identity)])

    for place in range(0, len(sealed), 7):
        altered = bytearray(sealed)
        altered[place] ^= 1
        with pytest.raises(age.CannotOpen):
            age.open_(bytes(altered), identity)
    for cut in (b"", sealed[:-1], sealed[:100], sealed + b"\0"):
        with pytest.raises(age.CannotOpen):
            age.open_(cut, identity)


@pytest.mark.parametrize("length", LENGTHS)
def test_the_length_follows_from_the_text_and_the_number_of_readers(length: int) -> None:
    identity = age.new_identity()
    plain = bytes(length)

    for others in (0, 5):
        readers = [age.recipient_of(identity), *(age.nobody() for _ in range(others))]
        sealed = age.seal(plain, readers)
        assert len(sealed) == age.size_of(length, len(readers))
        assert age.open_(sealed, identity) == plain


def test_we_open_what_other_programs_sealed() -> None:
    identity = age.new_identity()
    theirs = pyrage.x25519.Recipient.from_str(age.recipient_of(identity))

    assert age.open_(pyrage.encrypt(b"from elsewhere", [theirs]), identity) == b"from elsewhere"


def test_readers_stand_in_another_order_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    readers = [age.nobody() for _ in range(5)]
    stood: list[str] = []
    stanza = age._stanza
    monkeypatch.setattr(
        age, "_stanza", lambda key, drawn, one: stood.append(one) or stanza(key, drawn, one)
    )

    for _ in range(40):
        age.seal(b"", readers)

    orders = {tuple(stood[start : start + 5]) for start in range(0, len(stood), 5)}
    assert all(sorted(order) == sorted(readers) for order in orders)
    assert len(orders) > 20
    assert readers == [*readers]


def test_who_knows_the_seed_sees_for_whom_it_was_sealed() -> None:
    readers = [age.new_identity() for _ in range(5)]
    recipients = [age.recipient_of(one) for one in readers]
    seed = bytes(range(32))
    sealed = age.seal(b"an answer", recipients, seed)

    assert age.seal(b"an answer", recipients, seed) == sealed
    assert [age.open_(sealed, one) for one in readers] == [b"an answer"] * 5
    for text, others, other_seed in (
        (b"another answer", recipients, seed),
        (b"an answer", [age.nobody(), *recipients[1:]], seed),
        (b"an answer", recipients[1:] + recipients[:1], seed),
        (b"an answer", recipients, bytes(32)),
    ):
        assert age.seal(text, others, other_seed) != sealed


def test_one_reader_named_twice_stands_in_no_two_equal_lines() -> None:
    one = age.nobody()
    sealed = age.seal(b"", [one, one], bytes(32))

    first, second = sealed.split(b"-> X25519 ")[1:]
    assert first[:43] != second[:43]


def test_a_file_names_nobody() -> None:
    recipient = age.nobody()
    raw = bech32.decode("age", recipient)
    sealed = age.seal(b"text", [recipient])

    assert recipient.encode() not in sealed
    assert raw not in sealed


def everybody_knows() -> str:
    return bech32.encode("age", bytes(32))


@pytest.mark.parametrize(
    "text",
    ["", "age1", None, 7, age.nobody().upper(), age.new_identity(), everybody_knows()],
    ids=["nothing", "a beginning", "none", "a number", "upper case", "an identity", "known to all"],
)
def test_what_is_nobody_to_seal_for_is_refused(text: object) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - three sentences, all for developers
        age.check_recipient(text)


@pytest.mark.parametrize(
    "text",
    ["", age.nobody(), age.new_identity().lower(), "AGE-SECRET-KEY-1"],
    ids=["nothing", "a recipient", "lower case", "a beginning"],
)
def test_what_is_no_identity_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="this is no"):
        age.recipient_of(text)
    with pytest.raises(ValueError, match="this is no"):
        age.open_(b"", text)
