"""What a PDF says, read as a program that copies text out of it does."""

import re
from io import BytesIO

import pikepdf

CHARACTER = re.compile(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")
RANGE = re.compile(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")
SHOWN = ["Tj", "TJ", "'", '"']


def text_of_pdf(body: bytes) -> str:
    """All pages, and what the file says of itself."""
    with pikepdf.open(BytesIO(body)) as pdf:
        about = [str(value) for value in pdf.docinfo.values()]
        with pdf.open_metadata() as metadata:
            about += [str(value) for value in metadata.values()]
        return "\n".join([*about, *(_text_of(page) for page in pdf.pages)])


def _text_of(page) -> str:
    fonts = {name: _letters(font) for name, font in page.resources.get("/Font", {}).items()}
    letters, words = {}, []
    for operands, operator in pikepdf.parse_content_stream(page):
        if str(operator) == "Tf":
            letters = fonts[str(operands[0])]
        elif str(operator) in SHOWN:
            parts = operands[-1] if isinstance(operands[-1], pikepdf.Array) else [operands[-1]]
            codes = b"".join(bytes(part) for part in parts if isinstance(part, pikepdf.String))
            words.append("".join(letters.get(codes[at : at + 2], "") for at in range(0, len(codes), 2)))
    return "".join(words)


def _letters(font) -> dict[bytes, str]:
    """What each two bytes mean: the table that a font has for whoever copies."""
    table = font.ToUnicode.read_bytes().decode("latin-1")
    found = [pair for part in _parts(table, "bfchar") for pair in CHARACTER.findall(part)]
    letters = {bytes.fromhex(code): _decoded(text) for code, text in found}
    for first, last, text in [one for part in _parts(table, "bfrange") for one in RANGE.findall(part)]:
        for code in range(int(first, 16), int(last, 16) + 1):
            letters[code.to_bytes(2, "big")] = chr(int(text, 16) + code - int(first, 16))
    return letters


def _parts(table: str, kind: str) -> list[str]:
    return re.findall(rf"begin{kind}(.*?)end{kind}", table, re.DOTALL)


def _decoded(text: str) -> str:
    return bytes.fromhex(text).decode("utf-16-be")
