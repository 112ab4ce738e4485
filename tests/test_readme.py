"""The pictures in README are of the page that is kept; `make pictures` takes them anew."""

import hashlib
from io import BytesIO

import pytest
from helpers import CHROMIUM, settled
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from giamngheo import paths

HOME = paths.ROOT / "reports" / "an-giang" / "en"
STAMP, MOST_BYTES, SIZE = "shows", 150_000, {"width": 1280, "height": 880}
# What of the page a picture shows, from and to, and the setting in its address.
PICTURES = {
    "first-screen.png": ("<style>", 'id="panels"', ""),
    "what-if.png": ('id="explore"', "<h2", "#what-if&y=60&s.mobilised=0"),
}


def shown(name):
    """The digest of what of the page a picture shows (str)."""
    text = (HOME / "index.html").read_text(encoding="utf-8")
    begin, end, _ = PICTURES[name]
    start = text.index(begin)
    return hashlib.sha256(text[start : text.index(end, start)].encode()).hexdigest()


def take(name):
    """Take a picture in Chromium, its colours few, and write it with the digest of what it shows."""
    from playwright.sync_api import sync_playwright

    section, fragment = PICTURES[name][0].strip('id="<>'), PICTURES[name][2]
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM)
        page = browser.new_page(viewport=SIZE, color_scheme="light")
        page.goto((HOME / "index.html").as_uri() + fragment)
        settled(page).evaluate("id => document.getElementById(id)?.scrollIntoView()", section)
        taken = page.screenshot()
        browser.close()
    told = PngInfo()
    told.add_text(STAMP, shown(name))
    with Image.open(BytesIO(taken)) as picture:
        few = picture.convert("RGB").quantize(64, method=Image.Quantize.FASTOCTREE)
    few.save(HOME / name, pnginfo=told, optimize=True)


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_in_readme_is_of_the_page_that_is_kept(name, refresh_expected):
    if refresh_expected:
        take(name)
    with Image.open(HOME / name) as picture:
        assert picture.text[STAMP] == shown(name), "the page has changed: make pictures"
        assert picture.size == tuple(SIZE.values()) and (HOME / name).stat().st_size <= MOST_BYTES
    assert f"](reports/an-giang/en/{name})" in (paths.ROOT / "README.md").read_text(encoding="utf-8")
