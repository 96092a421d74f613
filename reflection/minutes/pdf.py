"""Sheets to print, as tagged PDF (PDF/UA-1) made by Typst.

A template is a .typ file among the templates; what it shows comes as JSON (`sys.inputs.content`), so
no text is ever taken for markup. Each sheet is made in one go by a process of its own, with a limit on
time and memory and on how many there are at once: nothing that people write can keep the portal busy.
"""

import json
import re
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from threading import BoundedSemaphore

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header

from publishing.portal import current_portal

FOLDER = settings.BASE_DIR / "templates"
MAKER = Path(__file__).with_name("pdf_maker.py")
DRAWABLE = Path(__file__).with_name("drawable_signs.txt")  # made by tools/drawable_signs.py
BOX = "□"
KEPT = 24  # finished files that a process remembers: the sheets that everybody may print
SECONDS = 10
AT_ONCE = 2
SECONDS_IN_LINE = 4

slots = BoundedSemaphore(AT_ONCE)


class NotMadeError(Exception):
    """The sheet took too long or too much, or too many were waiting."""


def pdf_response(request, template: str, content: dict, filename: str) -> HttpResponse:
    """The sheet in the browser; `filename` is what it is called when somebody saves it."""
    portal = current_portal()
    colours = {"accent": portal.accent_colour, "deep": portal.main_colour}
    own = {name: colour for name, colour in colours.items() if colour}
    content = content | {"author": portal.municipality, "colours": own}
    try:
        body = _make(template, drawable(json.dumps(content, ensure_ascii=False, sort_keys=True)))
    except NotMadeError:
        response = render(request, "reflection/no_sheet.html", status=503)
        response.headers["Retry-After"] = "60"
        return response
    headers = {"Content-Disposition": content_disposition_header(False, filename)}
    return HttpResponse(body, content_type="application/pdf", headers=headers)


@lru_cache(maxsize=KEPT)
def _make(template: str, content: str) -> bytes:
    if not slots.acquire(timeout=SECONDS_IN_LINE):
        raise NotMadeError
    try:
        command = [sys.executable, "-I", str(MAKER), str(FOLDER / template), str(FOLDER), str(SECONDS)]
        made = subprocess.run(  # noqa: S603 – our own program, and the text goes in at its door
            command, input=content.encode(), capture_output=True, timeout=SECONDS, check=True
        )
    except subprocess.SubprocessError:
        raise NotMadeError from None  # what the program said may hold what people wrote
    finally:
        slots.release()
    return made.stdout


def drawable(text: str) -> str:
    """The text with a box for each sign that the fonts do not have: people write 🙂, and Typst refuses."""
    return _not_drawn().sub(BOX, text)


def has_undrawable(text: str) -> bool:
    return bool(_not_drawn().search(text))


@lru_cache
def _not_drawn() -> re.Pattern:
    ranges = [line.split("-") for line in DRAWABLE.read_text().split()]
    drawn = "".join(f"{chr(int(first, 16))}-{chr(int(last, 16))}" for first, last in ranges)
    return re.compile(f"[^\0-\x7f{drawn}]")
