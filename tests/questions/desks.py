"""Guidance officers at their desks: each in a browser of their own, in the one Chromium."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from footpath.questions import services
from footpath.secrecy import age, encoding, officers, receipts, records, signatures
from footpath.secrecy.envelopes import open_answer
from tests.questions.corner import TODAY, Corner
from tests.questions.devices import Device

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from playwright.sync_api import Browser, Locator

    from footpath.secrecy.officers import Bundle

SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PASSPHRASE = "seven grey herons by the sluice"


def keep_wrapped(bundle: Bundle, passphrase: str = PASSPHRASE) -> None:
    """Lay an officer's wrapped keys on the server, as the set-up page does."""
    wrapped = officers.wrapped(bundle, passphrase)
    signed = encoding.canonical({"code": bundle.code, "wrapped": wrapped})
    services.take_wrapped(
        plain={
            "code": bundle.code,
            "wrapped": wrapped,
            "sign": encoding.b64(signatures.public_of(bundle.seed)),
            "signature": encoding.b64(signatures.sign(bundle.seed, "wrapped", signed)),
        }
    )


@dataclass
class Asker:
    """A member with a receipt, who asks past the browser."""

    receipt: str
    identity: str
    thread: str

    @classmethod
    def new(cls) -> Asker:
        """Return somebody with a fresh receipt."""
        receipt = receipts.new()
        keys = receipts.keys(receipt)
        return cls(receipt, keys.identity, keys.thread)

    def ask(self, corner: Corner, text: str, *, on: date = TODAY, **more: Any) -> None:
        """Post a question that is taken."""
        plain = {"thread": self.thread, "reply_to": recipient(self.identity), **more}
        posting = corner.posting(sealed=corner.sealed(text, **plain))
        assert services.take_posting(body=posting, on=on)

    def read(self, bulletin: bytes) -> list[tuple[str, str]]:
        """Return kind and text of what the receipt opens in a bulletin."""
        found = []
        for sealed in [one for part in records.bulletin(bulletin) for one in part]:
            try:
                answer = open_answer(sealed, self.identity)
            except age.CannotOpen:
                continue
            found.append((answer.kind, answer.text))
        return sorted(found)


def on_paper(seed: bytes) -> str:
    """Return an officer's signing key as the recovery sheet has it: 256 bits and 4 to check."""
    bits = int.from_bytes(seed + hashlib.sha256(seed).digest()[:1]) >> 4
    return "".join(SIGNS[bits >> 5 * place & 31] for place in reversed(range(52)))


def recipient(identity: str) -> str:
    """Return what seals for an identity."""
    return age.recipient_of(identity)


class Officer(Device):
    """An officer's browser, and what the officer does in it."""

    def __init__(self, browser: Browser, base: str, code: str, **options: Any) -> None:
        super().__init__(browser, base, **options)
        self.code = code

    def sign_in(self, passphrase: str = PASSPHRASE) -> None:
        """Open the desk with code and passphrase."""
        self.page.goto("/desk/")
        self.page.get_by_label("Code", exact=True).fill(self.code)
        self.page.get_by_label("Passphrase", exact=True).fill(passphrase)
        self.page.get_by_role("button", name="Open the desk").click()

    def open_desk(self, passphrase: str = PASSPHRASE) -> None:
        """Open the desk and wait until the inbox is there."""
        self.sign_in(passphrase)
        self.page.get_by_role("heading", name="Sealed inbox").wait_for()

    def unlock(self) -> None:
        """Open the desk in whatever language the page has."""
        self.page.locator("#code").fill(self.code)
        self.page.locator("#passphrase").fill(PASSPHRASE)
        self.page.locator("[data-form=sign-in] .btn-primary").click()
        self.page.locator("[data-view=inbox]").wait_for()

    def fetch(self) -> None:
        """Fetch everything again and wait for it."""
        self.page.get_by_role("button", name="Fetch again").click()
        self.page.locator("[data-deed=fetch]:not([aria-busy])").wait_for()

    def show(self, which: str) -> None:
        """Choose which threads are listed."""
        self.page.get_by_role("button", name=which).click()

    def threads(self) -> list[str]:
        """Return the questions that are listed."""
        return self.page.locator("#threads tbody .desk-open").all_inner_texts()

    def take_up(self, text: str) -> None:
        """Open the thread of a question."""
        self.page.get_by_role("button", name=text).click()
        self.page.locator("[data-view=thread]").wait_for()

    def ask_approval(self, answer: str, name: str) -> None:
        """Write an answer and ask a colleague to approve it."""
        self.page.get_by_label("The answer", exact=True).fill(answer)
        self.page.get_by_label("Who approves it").select_option(label=name)
        self.page.get_by_role("button", name="Send for approval").click()
        self.said("Sealed and sent to")

    def approve(self) -> None:
        """Approve what lies open."""
        self.page.get_by_role("button", name="Approve and send").click()
        self.said("Approved. It leaves with the next bulletin.")

    def close(self, why: str) -> None:
        """Close the thread that lies open."""
        self.page.locator("[data-part=deeds] summary").click()
        self.page.get_by_label("Why it is closed").fill(why)
        self.page.get_by_role("button", name="Close the thread").click()
        self.said("The thread is closed.")

    def said(self, sentence: str) -> None:
        """Wait until the page has said something."""
        self.page.locator("[data-said]", has_text=sentence).wait_for()

    def go(self, tab: str) -> None:
        """Turn to a part of the desk."""
        self.page.locator(".desk-nav").get_by_role("button", name=tab, exact=True).click()
        self.page.locator(f"[data-view={tab.lower()}]").wait_for()

    def part(self, name: str) -> Locator:
        """Return a part of the page by the name that scripts know it by."""
        return self.page.locator(f"[data-part={name}]")

    # --- the roster -------------------------------------------------------------------------------

    def make_keys(
        self, name: str, look: Callable[[Officer, str], None] = lambda _officer, _view: None
    ) -> dict[str, str]:
        """Go through the set-up; return the public part, and what the sheet says of both keys.

        ``look`` is called when the sheet is shown.
        """
        page = self.open("/desk/set-up/")
        page.get_by_label("Code", exact=True).fill(self.code)
        page.get_by_label("Name", exact=True).fill(name)
        page.get_by_label("Passphrase", exact=True).fill(PASSPHRASE)
        page.get_by_label("The passphrase again").fill(PASSPHRASE)
        page.get_by_role("button", name="Make my keys").click()
        page.get_by_role("heading", name="Your recovery sheet").wait_for()
        look(self, "sheet")
        made = {
            "public": page.get_by_label("Public part", exact=True).input_value(),
            "age": page.locator("[data-slot=age]").inner_text(),
            "sign": page.locator("[data-slot=sign]").inner_text(),
        }
        page.get_by_label("The sheet is printed and legible").check()
        page.get_by_role("button", name="Wipe this page").click()
        page.get_by_role("heading", name="Desk of the guidance officers").wait_for()
        return made

    def add(self, public: str, button: str = "Add as an officer") -> None:
        """Put somebody on the next version of the roster."""
        box = self.page.get_by_label("Public part of an officer or the supervisor")
        box.fill(public)
        self.page.get_by_role("button", name=button).click()
        name = json.loads(public)["name"]
        names = self.page.locator("[data-next] [data-slot=name]")
        names.get_by_text(name, exact=True).wait_for()

    def sign_next(self) -> str:
        """Sign the next version and return it as text."""
        self.part("next-roster").get_by_role("button", name="Sign this version").click()
        self.part("signed").wait_for()
        return self.page.get_by_label("The signed version, as text").input_value()

    def look_at(self, text: str) -> list[str]:
        """Look at a colleague's version; return what it changes."""
        self.page.get_by_label("The text you were given").fill(text)
        self.page.get_by_role("button", name="Look at it").click()
        self.part("signing").wait_for()
        return self.page.locator("[data-changes] li").all_inner_texts()

    def sign_it(self) -> None:
        """Sign the version that was looked at."""
        self.part("signing").get_by_role("button", name="Sign this version").click()
