"""A scanned slip: its signs reach the field, and no server and no address keeps them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from footpath.core import clock
from footpath.questions import services
from footpath.questions.models import Inbox, Nullifier
from footpath.questions.slips import address_of, groups
from footpath.secrecy import receipts
from footpath.secrecy.tokens import slip_nullifier
from tests.questions.corner import EPOCH, TODAY, Corner
from tests.questions.devices import Device, served

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SLIPS = tuple(receipts.with_check(number * 7**38) for number in range(1, 21))


@pytest.fixture
def kiosk(
    browser: Browser, lasting: Corner, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> Iterator[Device]:
    """Return a browser in a hall, and a Corner that has printed enough slips."""
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    settings.CORNER_LEAST = len(SLIPS)
    services.keep_slips([slip_nullifier(code) for code in SLIPS], EPOCH)
    with served() as base, Device(browser, base) as device:
        yield device
        assert device.faults == []


def test_a_scanned_slip_asks_and_leaves_nothing_behind(kiosk: Device) -> None:
    page = kiosk.open(address_of(kiosk.base, SLIPS[0]))
    assert page.locator("#slip").input_value() == " ".join(groups(SLIPS[0]))
    assert page.url == f"{kiosk.base}/kiosk/"
    page.get_by_role("button", name="I have read this: go on").click()
    kiosk.write("Who decides about the road?", when="at once")
    kiosk.copied(kiosk.seal())
    assert (Inbox.objects.count(), Nullifier.objects.count()) == (1, 1)
    assert Nullifier.objects.get().digest == slip_nullifier(SLIPS[0]).hex()
    assert not [request.url for request in kiosk.requests if SLIPS[0] in request.url]
    assert SLIPS[0] not in kiosk.everything()


def test_the_next_slip_may_be_scanned_on_the_open_page(kiosk: Device) -> None:
    page = kiosk.open("/kiosk/")
    assert page.locator("#slip").input_value() == ""
    page.goto(address_of(kiosk.base, SLIPS[1]))
    page.wait_for_function("document.querySelector('#slip').value !== ''")
    assert page.locator("#slip").input_value() == " ".join(groups(SLIPS[1]))
    assert page.url == f"{kiosk.base}/kiosk/"


def test_what_is_no_slip_is_left_alone(kiosk: Device) -> None:
    page = kiosk.open("/kiosk/#slip=<b>7QKD")
    assert page.locator("#slip").input_value() == ""
