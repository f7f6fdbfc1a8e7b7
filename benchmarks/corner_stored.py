"""What ``benchmarks.corner`` measures on a database, in a process whose settings it has chosen.

    python -m benchmarks.corner_stored issue     under the settings of the member side
    python -m benchmarks.corner_stored post      under those of the Corner
    python -m benchmarks.corner_stored read      the same, in Chromium

Prints the figures as JSON on the last line: name, size, value, unit, and what it may be at most.
"""

from __future__ import annotations

import json
import secrets
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime

MEMBERS = 1_000
POSTED = 500
EPOCH = "2026-11"
AT = datetime(2026, 11, 20, 4, tzinfo=UTC)

Row = tuple[str, int, float, str, float]


def main(name: str) -> None:
    """Measure one of them."""
    import django

    from benchmarks.corner_browser import read

    django.setup()
    print(json.dumps({"issue": issue, "post": post, "read": read}[name]()))


def issue() -> list[Row]:
    """Let 1,000 members draw four tokens each, through the deed, one after the other."""
    from django.conf import settings

    from footpath.accounts.models import TokenIssue, User
    from footpath.accounts.services import issue_tokens
    from footpath.core.cornerfiles import CornerFiles
    from footpath.secrecy import blind, notice, tokens
    from footpath.secrecy.encoding import b64

    pem = blind.new_key()
    files = CornerFiles(settings.CORNER_DIR)
    files.keep_key(EPOCH, pem)
    files.add_to_notice(notice.key_entry(EPOCH, blind.spki(pem)))
    n = blind.PublicKey.read(blind.spki(pem)).n
    users = User.objects.bulk_create(
        User(username=f"member-{number}", password="!") for number in range(MEMBERS)
    )
    asked = [
        [b64((2 + secrets.randbelow(n - 3)).to_bytes(384)) for _ in range(tokens.SLOTS)]
        for _ in users
    ]
    processor = time.process_time()
    times = [
        timed(lambda user=user, four=four: issue_tokens(by=user, epoch=EPOCH, blinded=four, at=AT))
        for user, four in zip(users, asked, strict=True)
    ]
    seconds = time.process_time() - processor
    if TokenIssue.objects.count() != MEMBERS:
        raise ValueError("not everybody has drawn")
    return [
        ("corner.issue.1000_members_cpu_s", MEMBERS, round(seconds, 2), "s of this process", 30),
        ("corner.issue.p95_ms", MEMBERS, slow(times), "ms", 100),
    ]


def post() -> list[Row]:
    """Post 500 questions, each with a token of its own, then 500 that are refused."""
    from django.conf import settings

    from footpath.core.cornerfiles import CornerFiles
    from footpath.questions import services
    from footpath.questions.models import Inbox
    from footpath.secrecy import age, blind, encoding, envelopes, notice, officers, roster
    from footpath.secrecy.epochs import Epoch

    pem = blind.new_key()
    signer = blind.Signer(pem)
    files = CornerFiles(settings.CORNER_DIR)
    files.add_to_notice(notice.key_entry(EPOCH, blind.spki(pem)))
    files.write_drawn({EPOCH: MEMBERS})
    bundles = [officers.new(f"guidance-{number}") for number in range(5)]
    version = roster.Roster(
        number=1,
        previous="",
        officers=tuple(bundle.public(bundle.code) for bundle in bundles),
        recovery=age.nobody(),
        supervisor=officers.new("supervisor").public("Supervisor"),
        since=Epoch(EPOCH),
    )
    signed = roster.signed(version, {bundle.code: bundle.seed for bundle in bundles[:2]})
    if not services.take_roster(signed=signed, by_administrator=True):
        raise ValueError("the roster was not taken")

    def posting() -> bytes:
        prepared = blind.prepare(secrets.token_bytes(32))
        hidden = blind.blind(prepared, signer.key)
        token = blind.finalize(prepared, signer.sign(hidden.message), hidden.inverse, signer.key)
        sealed = envelopes.seal_question(envelopes.cover(), version)
        said = {"token": prepared, "signature": token, "sealed": sealed}
        coded = {name: encoding.b64(value) for name, value in said.items()}
        return json.dumps({"epoch": EPOCH, **coded}).encode()

    bodies = [posting() for _ in range(POSTED)]
    taken = [
        timed(lambda body=body: services.take_posting(body=body, on=AT.date())) for body in bodies
    ]
    refused = [
        timed(lambda body=body: services.take_posting(body=body, on=AT.date())) for body in bodies
    ]
    if Inbox.objects.count() != POSTED:
        raise ValueError("not everything was taken, or something twice")
    return [
        ("corner.post.p95_ms", POSTED, slow(taken), "ms", 20),
        ("corner.post.refused_p95_ms", POSTED, slow(refused), "ms", 20),
    ]


def timed(deed: Callable[[], object]) -> float:
    """Return how many milliseconds a deed takes by the clock."""
    began = time.perf_counter()
    deed()
    return (time.perf_counter() - began) * 1000


def slow(times: list[float]) -> float:
    """Return the time that one in twenty exceeds, in milliseconds."""
    return round(sorted(times)[len(times) * 95 // 100], 2)


if __name__ == "__main__":
    main(sys.argv[1])
