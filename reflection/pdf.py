"""Sheets to print, as tagged PDF (PDF/UA-1) made by Typst.

A template is a .typ file among the templates; what it shows comes as JSON (`sys.inputs.content`), so
no text is ever taken for markup.
"""

import json
from functools import lru_cache

import typst
from django.conf import settings
from django.http import HttpResponse

FOLDER = settings.BASE_DIR / "templates"
FIRST_UNSURE = 0x250  # all Latin letters before it are in the font
BOX = "□"
KEPT = 32  # finished files that a process remembers: a file takes a fifth of a second, a megabyte never


def pdf_response(template: str, content: dict, filename: str) -> HttpResponse:
    """The sheet in the browser; `filename` is what it is called when somebody saves it."""
    body = _make(template, _drawable(json.dumps(content, ensure_ascii=False, sort_keys=True)))
    headers = {"Content-Disposition": f'inline; filename="{filename}"'}
    return HttpResponse(body, content_type="application/pdf", headers=headers)


@lru_cache(maxsize=KEPT)
def _make(template: str, content: str) -> bytes:
    return typst.compile(
        str(FOLDER / template),
        root=str(FOLDER),
        format="pdf",
        pdf_standards=["ua-1"],
        ignore_system_fonts=True,  # the same sheet on every machine
        sys_inputs={"content": content},
    )


def _drawable(text: str) -> str:
    """The text with a box for each sign that the fonts do not have: people write 🙂, and Typst refuses."""
    return text.translate({ord(sign): BOX for sign in undrawable(text)})


def undrawable(text: str) -> set[str]:
    return {sign for sign in set(text) if ord(sign) >= FIRST_UNSURE and not _is_drawn(sign)}


@lru_cache(maxsize=2000)
def _is_drawn(sign: str) -> bool:
    source = f'#set document(title: "x")\n#set text(font: "Libertinus Serif")\n#"{sign}"'
    try:
        typst.compile(source.encode(), format="pdf", pdf_standards=["ua-1"], ignore_system_fonts=True)
    except typst.TypstError:
        return False
    return True
