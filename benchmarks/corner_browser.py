"""How long a browser takes to find one answer in the list of 1,000: for ``corner_stored``.

The whole page is used, from the press of the button to the answer: the receipt is stretched by
Argon2id, and every record is tried with its key. Chromium runs without a window.
"""

from __future__ import annotations

import os
import shutil
import time

ANSWERS = 1_000
OFFICERS = 5
TIMES = 5
EPOCH = "2026-11"


def read() -> list[tuple[str, int, float, str, float]]:
    """Find the one answer among 1,000, in seconds of the clock: the median of five times."""
    from django.conf import settings
    from django.test.testcases import LiveServerThread
    from playwright.sync_api import sync_playwright

    settings.STORAGES["staticfiles"] = {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
    }
    settings.WHITENOISE_AUTOREFRESH = settings.WHITENOISE_USE_FINDERS = True
    receipt = _filled()
    server = LiveServerThread("127.0.0.1", static_handler=lambda pages: pages)
    server.daemon = True
    server.start()
    server.is_ready.wait()
    if server.error is not None:
        raise server.error
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    browser = os.environ.get("FOOTPATH_CHROMIUM") or next(filter(None, map(shutil.which, names)))
    taken = []
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=browser, args=["--no-sandbox"] if os.geteuid() == 0 else []
        )
        for _ in range(TIMES):
            page = launched.new_page(locale="en-GB")
            page.goto(f"http://127.0.0.1:{server.port}/answers/")
            page.locator("#look:enabled").wait_for()
            page.wait_for_load_state("networkidle")
            page.locator("#typed").fill(receipt)
            began = time.perf_counter()
            page.locator("#look").click()
            page.locator("#thread li").wait_for()
            taken.append(time.perf_counter() - began)
            page.close()
        launched.close()
    server.terminate()
    median = round(sorted(taken)[TIMES // 2], 2)
    return [("corner.read.1000_answers_s", ANSWERS, median, "s in Chromium", 3)]


def _filled() -> str:
    """Fill the list with answers of which the returned receipt opens one."""
    from django.conf import settings

    from footpath.core.cornerfiles import CornerFiles
    from footpath.questions import services
    from footpath.questions.models import Answer, random_key
    from footpath.secrecy import age, blind, envelopes, notice, officers, receipts, roster
    from footpath.secrecy.epochs import Epoch

    files = CornerFiles(settings.CORNER_DIR)
    files.add_to_notice(notice.key_entry(EPOCH, blind.spki(blind.new_key())))
    bundles = [officers.new(f"guidance-{number}") for number in range(OFFICERS)]
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
    receipt = receipts.new()
    keys = receipts.keys(receipt)
    codes = tuple(bundle.code for bundle in bundles[:2])
    mine = envelopes.Answer("answer", keys.thread, "No.", codes, Epoch(EPOCH))
    sealed = [envelopes.seal_filler(version, EPOCH) for _ in range(ANSWERS - 1)]
    sealed.append(envelopes.seal_answer(mine, version, age.recipient_of(keys.identity)))
    Answer.objects.bulk_create(
        Answer(key=random_key(), epoch=EPOCH, sealed=one, read=False) for one in sealed
    )
    return receipt
