"""Photograph the main pages of the demonstration at 360 and 1280 px into docs/images/pages/.

The demonstration is loaded anew into build/screenshots. Three of the pictures stand in README.md
and are committed. Words after the command name the pictures to take:
``python -m scripts.screenshots ledger case``.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from scripts.serving import served

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "images" / "pages"
DATA = ROOT / "build" / "screenshots"
PASSWORD = "footpath-demo-831"  # as "footpath demo" prints it
WIDTHS = {360: 800, 1280: 860}
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@dataclass(frozen=True)
class Picture:
    """One picture: who looks, where they begin, which link they follow, in which language."""

    name: str
    user: str
    path: str
    follow: str | None = None
    language: str = "en"
    scheme: str = "light"


PAGES = (
    Picture("sign-in", "", "/"),
    Picture("my-day", "officer", "/"),
    Picture("my-day-vi", "officer", "/", language="vi"),
    Picture("my-commune", "head", "/"),
    Picture("raise", "officer", "/cases/raise/"),
    Picture("places", "office", "/places/?open=831"),
    Picture("place", "head", "/places/?q=Tân Thạch", r"^/places/area/[^/]+/$"),
    Picture("in-charge", "office", "/in-charge/"),
    Picture("plans", "office", "/in-charge/plans/"),
    Picture("plan", "office", "/in-charge/plans/", r"^/in-charge/plans/\d+/$"),
    Picture("plan-dark", "office", "/in-charge/plans/", r"^/in-charge/plans/\d+/$", scheme="dark"),
    Picture("policy", "office", "/in-charge/plans/policy/"),
    Picture("ledger", "office", "/cases/"),
    Picture("case", "head", "/cases/?view=verify", r"^/cases/\d+/$"),
    Picture("meeting", "head", "/meetings/", r"^/meetings/\d+/$"),
    Picture("calendar", "office", "/meetings/calendar/"),
    Picture("month-plan", "office", "/meetings/months/", r"^/meetings/months/\d+/$"),
    Picture("coffee", "office", "/meetings/coffees/", r"^/meetings/\d+/$"),
    Picture("days", "office", "/meetings/days/"),
    Picture("my-duties", "officer", "/meetings/duties/"),
    Picture("district", "office", "/figures/"),
    Picture("district-dark", "office", "/figures/", scheme="dark"),
    Picture("month", "office", "/figures/month/"),
    Picture("trail", "auditor", "/account/trail/"),
)


def sign_in(page: Page, username: str) -> None:
    """Fill in the form of the sign-in page."""
    page.goto("/")
    page.locator("input[autocomplete=username]").fill(username)
    page.locator("input[type=password]").fill(PASSWORD)
    page.locator("input[type=password]").press("Enter")
    page.locator("nav.fp-bottom").wait_for(state="attached")


def follow_first(page: Page, pattern: str) -> None:
    """Go where the first link of the page's main part that matches the pattern leads."""
    links = page.locator("main a[href]").evaluate_all("all => all.map(a => a.pathname)")
    found = next((link for link in links if re.search(pattern, link)), None)
    if found is None:
        sys.exit(f"{page.url} has no link like {pattern}.")
    page.goto(found)


def photograph(browser: Browser, base: str, picture: Picture) -> None:
    """Write one picture at every width, in few colours so that it stays small."""
    for width, height in WIDTHS.items():
        context: BrowserContext = browser.new_context(
            base_url=base,
            viewport={"width": width, "height": height},
            device_scale_factor=2 if width < 700 else 1,
            color_scheme="dark" if picture.scheme == "dark" else "light",
            locale={"en": "en-GB", "vi": "vi-VN"}[picture.language],
        )
        page = context.new_page()
        if picture.user:
            sign_in(page, picture.user)
        page.goto(picture.path)
        if picture.follow:
            follow_first(page, picture.follow)
        page.wait_for_load_state("networkidle")
        taken = Image.open(BytesIO(page.screenshot())).convert("RGB")
        context.close()
        path = PICTURES / f"{picture.name}-{width}.png"
        taken.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
        print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB", flush=True)


def main() -> None:
    """Load the demonstration, serve it, and take the pictures that were asked for (all: none)."""
    wanted = set(sys.argv[1:])
    os.environ |= {
        "FOOTPATH_DATA_DIR": str(DATA),
        "FOOTPATH_SIGN_IN_RATE": "1000/m/ip",
    }
    shutil.rmtree(DATA, ignore_errors=True)
    footpath = ROOT / ".venv" / "bin" / "footpath"
    subprocess.run([footpath, "demo", "--no-serve"], check=True)
    PICTURES.mkdir(parents=True, exist_ok=True)
    chromium = os.environ.get("FOOTPATH_CHROMIUM") or next(
        filter(None, map(shutil.which, BROWSERS)), None
    )
    if not chromium:
        sys.exit("There is no Chromium here; see scripts/chromium.sh.")
    with served(footpath, os.environ) as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox"] if os.geteuid() == 0 else []
        )
        for picture in PAGES:
            if not wanted or picture.name in wanted:
                photograph(browser, base, picture)
        browser.close()


if __name__ == "__main__":
    main()
