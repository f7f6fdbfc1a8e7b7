"""``footpath-corner``: the Question Corner from a terminal, without a browser.

Receipts and texts are never taken from the command line itself, which other programs can see and
the shell remembers: they are typed when asked for, or read from a file.
"""

from __future__ import annotations

import argparse
import getpass
import hashlib
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TextIO, get_args

from footpath.secrecy import envelopes, notice, receipts
from footpath.secrecy.client import deeds, trust, wire, words
from footpath.secrecy.client.errors import Refused
from footpath.secrecy.client.store import State, Store
from footpath.secrecy.client.words import gettext as _


@dataclass
class Terminal:
    """What the command talks with: the network, the person, the clock and the folder."""

    store: Store
    reach: wire.Wire = wire.network
    typed: Callable[[str], str] = input
    secret: Callable[[str], str] = getpass.getpass
    now: Callable[[], datetime] = lambda: datetime.now().astimezone()
    out: TextIO = sys.stdout
    text: TextIO = sys.stdin

    def say(self, *lines: str) -> None:
        """Print lines."""
        for line in lines:
            self.out.write(line + "\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the exit status is 1 when something was refused."""
    environment = dict(os.environ)
    words.speak(words.language_of(environment))
    return run(arguments, Terminal(Store.chosen(environment)))


def run(arguments: Sequence[str] | None, terminal: Terminal) -> int:
    """Run the command with what it talks with; refusals are a sentence on standard error."""
    chosen = _parser().parse_args(arguments)
    if chosen.speak:
        words.speak(chosen.speak)
    try:
        with terminal.store.locked():
            chosen.deed(terminal, chosen)
    except Refused as refused:
        sys.stderr.write(f"footpath-corner: {refused}\n")
        return 1
    except (KeyboardInterrupt, EOFError):
        sys.stderr.write("\n")
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="footpath-corner",
        description=_("Ask the Question Corner without a browser: unlinkable in its records."),
    )
    parser.add_argument(
        "--speak", choices=tuple(words.FOLDERS), help=_("the language of what is printed")
    )
    commands = parser.add_subparsers(required=True, metavar=_("COMMAND"))

    def command(name: str, deed: Callable[..., None], does: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=does, description=does)
        added.set_defaults(deed=deed)
        return added

    start = command("start", _start, _("pin key notice and officers, compared with paper"))
    start.add_argument("members", help=_("address of Footpath, https://..."))
    start.add_argument("corner", help=_("address of the Question Corner, https://..."))
    command("notice", _notice, _("check the key notice and show its fingerprints"))
    draw = command("draw", _draw, _("draw this month's four tokens, before a browser does"))
    draw.add_argument("--user", help=_("user name (asked for when left out)"))
    _asking(command("ask", _ask, _("seal a question, get a receipt, and let it leave")), new=True)
    _asking(
        command("follow-up", _follow_up, _("ask on, with the receipt of the question")), new=False
    )
    command("cover", _cover, _("spend the tokens that are left on postings that say nothing"))
    command("send", _send, _("send what has waited long enough; run it daily"))
    command("read", _read, _("find the answers to a receipt"))
    return parser


def _asking(parser: argparse.ArgumentParser, *, new: bool) -> None:
    parser.add_argument("--topic", choices=get_args(envelopes.Topic), default="other")
    parser.add_argument("--language", choices=get_args(envelopes.Language), default=None)
    parser.add_argument("--file", type=Path, help=_("read the text from a file"))
    parser.add_argument("--publish", action="store_true", help=_("the answer may be published"))
    parser.add_argument(
        "--now", action="store_true", help=_("send at once: the moment may be noticed")
    )
    if new:
        parser.add_argument(
            "--complaint", action="store_true", help=_("the supervisor reads it too")
        )
        parser.add_argument("--slip", action="store_true", help=_("use a paper slip, not a token"))


# --- the deeds ------------------------------------------------------------------------------------


def _start(terminal: Terminal, chosen: argparse.Namespace) -> None:
    if terminal.store.exists():
        raise Refused(
            _("Everything is pinned already, in %(file)s.") % {"file": terminal.store.file}
        )
    terminal.say(
        _("Compare with the printed key notice, on the board of your unit or in your hand."),
    )
    fingerprint = terminal.typed(_("Fingerprint of the whole notice, 20 signs:") + " ")
    state, sure = deeds.begin(terminal.reach, chosen.members, chosen.corner, fingerprint)
    terminal.store.write(state)
    later = [entry for entry in state.entries[sure:] if entry["kind"] == "key"]
    if later:
        terminal.say(
            _("Keys that came after your paper: %(months)s. Compare them with a newer one.")
            % {"months": ", ".join(entry["epoch"] for entry in later)}
        )
    _show_notice(terminal, state)


def _notice(terminal: Terminal, _chosen: argparse.Namespace) -> None:
    state = _visited(terminal)[0]
    deeds.compare(terminal.reach, state)
    _show_notice(terminal, state)


def _draw(terminal: Terminal, chosen: argparse.Namespace) -> None:
    state = _visited(terminal)[0]
    username = chosen.user or terminal.typed(_("User name:") + " ")
    password = terminal.secret(_("Password (kept nowhere):") + " ")
    epoch = deeds.draw(
        terminal.reach,
        state,
        terminal.store.write,
        username=username,
        password=password,
        now=terminal.now(),
    )
    first, last = epoch.spending_window
    terminal.say(
        _("Four tokens for %(epoch)s. They can be spent from %(first)s to %(last)s.")
        % {"epoch": epoch, "first": first, "last": last}
    )


def _ask(terminal: Terminal, chosen: argparse.Namespace) -> None:
    state = _visited(terminal)[0]
    slip = _code(terminal, _("The 24 signs of the slip:")) if chosen.slip else None
    asking = _typed_question(terminal, chosen, "complaint" if chosen.complaint else "ask")
    receipt = receipts.new()
    now, keep = terminal.now(), terminal.store.write
    if slip is not None:
        deeds.ask_by_slip(state, keep, asking, slip=slip, receipt=receipt, now=now)
    else:
        deeds.ask(state, keep, asking, receipt=receipt, now=now, at_once=chosen.now)
    terminal.say(
        "",
        f"    {receipts.shown(receipt)}",
        "",
        _("This is your receipt. Copy it by hand: it is shown once and kept nowhere."),
        _("Close this window afterwards, so that nobody scrolls back to it."),
    )
    _leaving(terminal, state, at_once=chosen.now or chosen.slip)


def _follow_up(terminal: Terminal, chosen: argparse.Namespace) -> None:
    state = _visited(terminal)[0]
    receipt = _code(terminal, _("Your receipt, 24 signs:"))
    asking = _typed_question(terminal, chosen, "follow-up")
    deeds.ask(
        state,
        terminal.store.write,
        asking,
        receipt=receipt,
        now=terminal.now(),
        at_once=chosen.now,
    )
    _leaving(terminal, state, at_once=chosen.now)


def _cover(terminal: Terminal, _chosen: argparse.Namespace) -> None:
    state = _visited(terminal)[0]
    deeds.cover(state, terminal.store.write, now=terminal.now())
    terminal.say(
        _("No token is left. All of them leave within three days, by `footpath-corner send`.")
    )


def _send(terminal: Terminal, _chosen: argparse.Namespace) -> None:
    state = _visited(terminal)[0]
    _send_and_tell(terminal, state)


def _read(terminal: Terminal, _chosen: argparse.Namespace) -> None:
    _state, bulletin = _visited(terminal)
    found = deeds.read(bulletin, _code(terminal, _("Your receipt, 24 signs:")))
    if not found:
        terminal.say(
            _("Nothing yet. A sign of reading comes within 7 days; without one, ask again.")
        )
    for answer in found:
        if answer.kind == "read":
            terminal.say(_("It was read (%(month)s).") % {"month": answer.epoch})
            continue
        by = ", ".join(answer.by)
        terminal.say(
            "",
            _("Answer of %(month)s, by %(officers)s:") % {"month": answer.epoch, "officers": by},
            "",
            answer.text,
        )


# --- what they share ------------------------------------------------------------------------------


def _visited(terminal: Terminal) -> tuple[State, bytes]:
    """Return what is remembered, checked against the servers and brought up to date."""
    state = terminal.store.read()
    bulletin = deeds.visit(terminal.reach, state)
    terminal.store.write(state)
    return state, bulletin


def _show_notice(terminal: Terminal, state: State) -> None:
    """Print a line for each entry as the paper does, then who reads questions."""
    terminal.say(_("Key notice:"))
    for entry in state.entries:
        shown, what = {
            "key": lambda one: (one["kid"], _("key %(epoch)s") % one),
            "roster": lambda one: (one["digest"], _("officers, version %(number)s") % one),
            "client": lambda one: (one["digest"], _("footpath-corner %(version)s") % one),
        }[entry["kind"]](entry)
        terminal.say(f"  {notice.short(shown)}  {what}")
    terminal.say(f"  {notice.short(state.entries[-1]['hash'])}  {_('the whole notice')}")
    roster = trust.present(state.rosters)
    terminal.say(_("Questions are read by:"))
    for officer in roster.officers:
        terminal.say(f"  {officer.code}  {officer.name}")
    terminal.say(
        _("Complaints also by: %(officer)s") % {"officer": f"{roster.supervisor.name}"},
    )
    own = _own_digest()
    if own:
        known = [one["digest"] for one in state.entries if one["kind"] == "client"]
        terminal.say(
            _("This program is on the notice.")
            if own in known
            else _("This program is NOT on the notice: fetch it again and compare its digest.")
        )


def _own_digest() -> str:
    """Return the SHA-256 of the single file this program runs from, "" when it is installed."""
    package = Path(sys.argv[0])
    if package.suffix != ".pyz" or not package.is_file():
        return ""
    return hashlib.sha256(package.read_bytes()).hexdigest()


def _typed_question(
    terminal: Terminal, chosen: argparse.Namespace, kind: envelopes.QuestionKind
) -> deeds.Asking:
    if chosen.file is not None:
        text = _file_text(chosen.file)
    else:
        terminal.say(
            _("Names, places, days and posts may give you away; so may your style."),
            _("Write your question; end with a line that has only a full stop."),
        )
        lines: list[str] = []
        for line in iter(terminal.text.readline, ""):
            if line.strip() == ".":
                break
            lines.append(line)
        text = "".join(lines)
    return deeds.Asking(
        text=text,
        topic=chosen.topic,
        language=chosen.language or words.language_of(dict(os.environ)),
        consent=chosen.publish,
        kind=kind,
    )


def _file_text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise Refused(_("%(file)s cannot be read as text.") % {"file": file}) from None


def _code(terminal: Terminal, question: str) -> str:
    try:
        return receipts.read(terminal.typed(question + " "))
    except receipts.BadReceipt:
        raise Refused(_("One of the 24 signs is wrong, missing or too many.")) from None


def _leaving(terminal: Terminal, state: State, *, at_once: bool) -> None:
    if at_once:
        _send_and_tell(terminal, state)
        return
    terminal.say(
        _("It leaves at a random moment within three days: run `footpath-corner send` daily.")
    )


def _send_and_tell(terminal: Terminal, state: State) -> None:
    sent = deeds.send(terminal.reach, state, terminal.store.write, now=terminal.now())
    if sent.refused:
        terminal.say(
            _("The Corner has taken %(taken)s and refused %(refused)s.")
            % {"taken": sent.taken, "refused": sent.refused}
        )
        return
    terminal.say(_("The Corner has taken %(taken)s.") % {"taken": sent.taken})
