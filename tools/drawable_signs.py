"""Write reflection/minutes/drawable_signs.txt anew: the signs that Typst's own fonts can draw.

    .venv/bin/python -m tools.drawable_signs

To be run when Typst is another version; tests/reflection/test_pdf.py says when. It takes some minutes,
and what Typst says of its own panics is meant to be thrown away: 2> /dev/null.
"""

import unicodedata
from collections.abc import Iterator

import typst

from reflection.minutes.pdf import DRAWABLE

BEGINNING = '#set document(title: "x")\n#set text(lang: "da", font: "Libertinus Serif")\n'
AT_ONCE = 256
NO_SIGNS = {"Cc", "Cn", "Co", "Cs"}
MANY = (
    "CJK UNIFIED",
    "CJK COMPAT",
    "HANGUL SYLLABLE",
    "EGYPTIAN",
    "CUNEIFORM",
    "TANGUT",
    "KHITAN",
    "ANATOLIAN",
)


def are_drawn(signs: list[str]) -> bool:
    """Each by itself, in ordinary and in bold letters."""
    lines = [f'#"\\u{{{ord(sign):x}}}"' for sign in signs]
    source = "\n".join([BEGINNING, *lines, '#set text(weight: "bold")', *lines])
    try:
        typst.compile(source.encode(), format="pdf", pdf_standards=["ua-1"], ignore_system_fonts=True)
    except KeyboardInterrupt:
        raise
    except BaseException:  # some texts make Typst itself panic
        return False
    return True


def drawn(signs: list[str]) -> Iterator[str]:
    """Halves of halves: where all are drawn, one try is enough."""
    if are_drawn(signs):
        yield from signs
    elif len(signs) > 1:
        middle = len(signs) // 2
        yield from drawn(signs[:middle])
        yield from drawn(signs[middle:])


def candidates() -> list[str]:
    signs = map(chr, range(0x80, 0x20000))
    return [
        sign
        for sign in signs
        if unicodedata.category(sign) not in NO_SIGNS and not unicodedata.name(sign, "").startswith(MANY)
    ]


def ranges(signs: list[str]) -> list[list[int]]:
    found: list[list[int]] = []
    for number in map(ord, signs):
        if found and found[-1][1] == number - 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return found


def main():
    signs = candidates()
    chunks = [signs[start : start + AT_ONCE] for start in range(0, len(signs), AT_ONCE)]
    found = [sign for chunk in chunks for sign in drawn(chunk)]
    DRAWABLE.write_text("".join(f"{first:x}-{last:x}\n" for first, last in ranges(found)))


if __name__ == "__main__":
    main()
