"""The English catalogue: find what is to be translated, and compile what is.

    python -m tools.catalogue update     # new msgids into locale/en, those no longer used out of it
    python -m tools.catalogue compile    # .po to .mo, without gettext on the machine

msgids are Danish, written where they are read. Django's `makemessages` needs xgettext from the system;
its own template parser, Python's ast and polib do the same from packages alone.
"""

import ast
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import polib
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "locale" / "en" / "LC_MESSAGES" / "django.po"
APPS = sorted(path.parent.name for path in ROOT.glob("*/apps.py"))
FUNCTIONS = {
    "_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy",
}  # fmt: skip
TEXT = r"""(u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"))"""
IN_TEMPLATES = re.compile(rf"\b([np]?gettext|_)\(\s*{TEXT}(?:\s*,\s*{TEXT})?")


class Message(NamedTuple):
    text: str
    plural: str = ""
    context: str = ""


def messages() -> dict[Message, list[str]]:
    """Everything marked for translation, with the files it stands in."""
    found: dict[Message, list[str]] = {}
    for path in sorted(_sources()):
        read = _in_python if path.suffix == ".py" else _in_template
        for message in read(path.read_text(encoding="utf-8")):
            places = found.setdefault(message, [])
            place = str(path.relative_to(ROOT))
            if place not in places:
                places.append(place)
    return found


def _sources() -> Iterator[Path]:
    pages = (ROOT / "templates").rglob("*.html")
    yield from (path for path in pages if "admin" not in path.parts)  # the admin is Danish
    yield from (ROOT / "templates").rglob("*.txt")
    for app in APPS:
        yield from (path for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts)


def _in_python(source: str) -> Iterator[Message]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in FUNCTIONS:
            texts = [arg.value for arg in node.args if isinstance(arg, ast.Constant)]
            texts = [text for text in texts if isinstance(text, str)]
            if texts:
                yield _message(node.func.id, *texts)


def _in_template(source: str) -> Iterator[Message]:
    for function, one, many in IN_TEMPLATES.findall(templatize(source)):
        texts = [ast.literal_eval(text.lstrip("u")) for text in (one, many) if text]
        if texts[0]:
            yield _message(function, *texts)


def _message(function: str, first: str, second: str = "", *_more: str) -> Message:
    if function.startswith("p"):
        return Message(second, context=first)
    return Message(first, second if function.startswith("n") else "")


def update() -> None:
    catalogue = polib.pofile(str(CATALOGUE)) if CATALOGUE.exists() else _new_catalogue()
    known = {message_of(entry): entry for entry in catalogue}
    wanted = messages()
    for message in known.keys() - wanted.keys():
        catalogue.remove(known[message])
    for message, places in wanted.items():
        entry = known.get(message)
        if entry is None:
            entry = _new_entry(message)
            catalogue.append(entry)
        entry.occurrences = [(place, "") for place in places]
        if "%(" in message.text and "python-format" not in entry.flags:
            entry.flags.append("python-format")
    catalogue.sort(key=lambda entry: (entry.occurrences, entry.msgid))
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    catalogue.save(str(CATALOGUE))
    missing = len(catalogue.untranslated_entries())
    print(f"{len(catalogue)} messages, {missing} without English")


def message_of(entry: polib.POEntry) -> Message:
    return Message(entry.msgid, entry.msgid_plural, entry.msgctxt or "")


def _new_entry(message: Message) -> polib.POEntry:
    entry = polib.POEntry(msgid=message.text, msgid_plural=message.plural, msgctxt=message.context or None)
    if message.plural:
        entry.msgstr_plural = {0: "", 1: ""}
    return entry


def _new_catalogue() -> polib.POFile:
    catalogue = polib.POFile(wrapwidth=100)
    catalogue.metadata = {
        "Language": "en",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=2; plural=(n != 1);",
    }
    return catalogue


def compile_catalogue() -> None:
    """Write the .mo beside the .po, where it is missing or older."""
    compiled = CATALOGUE.with_suffix(".mo")
    if not compiled.exists() or compiled.stat().st_mtime < CATALOGUE.stat().st_mtime:
        part = compiled.with_suffix(f".{os.getpid()}")  # two processes may come here at once
        polib.pofile(str(CATALOGUE)).save_as_mofile(str(part))
        part.replace(compiled)


if __name__ == "__main__":
    {"update": update, "compile": compile_catalogue}[sys.argv[1]]()
