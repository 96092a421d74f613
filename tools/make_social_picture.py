"""Draw static/img/social.png, the picture that is shown where somebody shares a page (1200 × 630).

The drawing is templates/components/compass.html in the portal's own colours, as a browser shows it.
Needs Chromium and Playwright, as the browser tests do.

    CHROMIUM=/usr/bin/chromium python tools/make_social_picture.py
"""

import base64
import os
import re
import struct
import sys
import zlib
from collections import Counter
from math import dist
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "static" / "img" / "social.png"
SHEETS = ["tokens.css", "base.css", "components/compass.css"]
SIZE = {"width": 1200, "height": 630}

PAGE = """<!doctype html><html lang="da"><meta charset="utf-8"><style>{css}
body {{ display: grid; grid-template-columns: 1fr 440px; align-items: center; gap: 40px; width: 1200px;
  height: 630px; padding: 0 80px; background: var(--deep); color: var(--on-deep); min-height: 0; }}
p {{ margin: 0; font: 700 68px/1.15 var(--serif); }}
p + p {{ margin-top: 36px; font: 400 32px/1.3 var(--sans); color: var(--on-deep-soft); }}
* {{ animation: none !important; }}
</style><body class="kompas-hero"><div><p>Mindre system.<br>Mere borger.</p>
<p>Aarhuskompasset<br>Aarhus Kommune</p></div><div class="kompas-hero__compass">{rose}</div></body></html>"""

READ = """async (png) => {
  const image = new Image();
  image.src = `data:image/png;base64,${png}`;
  await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height);
  const drawing = canvas.getContext("2d");
  drawing.drawImage(image, 0, 0);
  const { data } = drawing.getImageData(0, 0, image.width, image.height);
  let text = "";
  for (let start = 0; start < data.length; start += 8192) {
    text += String.fromCharCode(...data.subarray(start, start + 8192));
  }
  return btoa(text);
}"""


def main():
    css = "\n".join((ROOT / "static" / "css" / sheet).read_text() for sheet in SHEETS)
    drawing = (ROOT / "templates" / "components" / "compass.html").read_text()
    rose = re.sub(r"\{#.*?#\}", "", drawing)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"]
        )
        page = browser.new_page(viewport=SIZE, color_scheme="light")
        page.set_content(PAGE.format(css=css, rose=rose))
        PICTURE.write_bytes(_smaller(_pixels(page, page.screenshot())))
        browser.close()
    print(f"{PICTURE.relative_to(ROOT)}: {PICTURE.stat().st_size / 1000:.0f} kB")


def _pixels(page, png: bytes) -> bytes:
    """Red, green, blue and opacity of every pixel, read by the browser that drew them."""
    encoded = page.evaluate(READ, base64.b64encode(png).decode())
    return base64.b64decode(encoded)


def _smaller(rgba: bytes) -> bytes:
    """A PNG of the 256 colours that are used most; the others are shades at the edges."""
    width, height = SIZE["width"], SIZE["height"]
    colours = list(zip(rgba[0::4], rgba[1::4], rgba[2::4], strict=True))
    counted = Counter(colours)
    palette = [colour for colour, _ in counted.most_common(256)]
    nearest = {colour: min(range(len(palette)), key=lambda n: dist(colour, palette[n])) for colour in counted}
    rows = (colours[row * width : (row + 1) * width] for row in range(height))
    body = b"".join(bytes([0, *(nearest[colour] for colour in row)]) for row in rows)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        [
            _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
            _chunk(b"PLTE", bytes(value for colour in palette for value in colour)),
            _chunk(b"IDAT", zlib.compress(body, 9)),
            _chunk(b"IEND", b""),
        ]
    )


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


if __name__ == "__main__":
    sys.exit(main())
