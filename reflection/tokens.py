"""Codes and links that let people into one room, and what is stored of them.

A code is derived from SECRET_KEY, what it is for and a nonce, so the facilitator's screen can always
show it again while the database holds only its hash. A new nonce revokes it.

A nonce begins with the number of the key it was made with, so what was made with one of SECRET_KEY_FALLBACKS
is shown, and opens, as before. A hash says nothing of its key: whoever looks for one asks for `digests`.
"""

import hashlib
import hmac
import re
import secrets
import unicodedata
import uuid
from base64 import urlsafe_b64encode

from django.conf import settings

from publishing.tidy_text import tidy

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # no 0 O 1 I: codes are read aloud and copied by hand
CODE_LENGTH = 6
RETURN_CODE_LENGTH = 10
MARK_LENGTH = 4
NUMBER_LENGTH, NONCE_LENGTH = 3, 19  # 114 random bits
# «Kode: 7KP-4WD», «Din egen kode er …», “Room code = …”: the word has an O, which no code has.
LABEL = re.compile(r"^.*\b(?:\w*kode[nr]?|\w*codes?)\b(?:\s+(?:er|is)\b)?", re.IGNORECASE | re.DOTALL)
SIGNS = f"[{ALPHABET}]"
ALONE = re.compile(rf"(?<![^\W_])(?:{SIGNS}{{3}}[\W_]?{SIGNS}{{3}}|{SIGNS}{{5}}[\W_]?{SIGNS}{{5}})(?![^\W_])")
LOOK_ALIKE = str.maketrans("АВЕЅКМНРСТУХΑΒΕΖΗΚΜΝΡΤΥΧ", "ABESKMHPCTYXABEZHKMNPTYX")
LINK = re.compile(r"/deltag/(?:[\w-]+/)?(?P<token>[A-Za-z0-9_-]{20,})(?=/|[^\w-]|$)")


def new_nonce() -> str:
    return _number(settings.SECRET_KEY) + secrets.token_urlsafe(16)[:NONCE_LENGTH]


def room_code(nonce: str) -> str:
    """Six characters for the wall: few enough that tries are counted (accounts/rate_limits.py)."""
    return _spelt(_derived("room code", nonce, _key_of(nonce)), CODE_LENGTH)


def personal_code(nonce: str) -> str:
    """As long as a room's, on a slip for one person."""
    return _spelt(_derived("personal code", nonce, _key_of(nonce)), CODE_LENGTH)


def return_code(nonce: str) -> str:
    """Ten characters (50 bits) that bring one participant back on another device."""
    return _spelt(_derived("return code", nonce, _key_of(nonce)), RETURN_CODE_LENGTH)


def wall_code(nonce: str) -> str:
    """As long as a return code: it opens what a whole room has said."""
    return _spelt(_derived("wall code", nonce, _key_of(nonce)), RETURN_CODE_LENGTH)


def wall_stream_key(nonce: str) -> uuid.UUID:
    """What the event streams of walls opened by one code are told to end by; opens nothing."""
    return uuid.UUID(bytes=_derived("wall", nonce, _key_of(nonce))[:16])


def in_fives(code: str) -> str:
    return f"{code[:5]}-{code[5:]}"


def link_token(purpose: str, nonce: str) -> str:
    """128 bits for a link."""
    return urlsafe_b64encode(_derived(purpose, nonce, _key_of(nonce))[:16]).rstrip(b"=").decode()


def mark(key: str) -> str:
    """Four characters that open nothing: they tell people of the same name apart."""
    return _spelt(_derived("mark", key, settings.SECRET_KEY), MARK_LENGTH)


def digest(code: str) -> str:
    """What the database keeps of a code (normalised) or a token."""
    return _derived("stored", code, settings.SECRET_KEY).hex()


def digests(code: str) -> list[str]:
    """All that the database may keep of it: with the key of today, and with those before."""
    return [_derived("stored", code, key).hex() for key in _keys()]


def digest_like(code: str, known: set[str]) -> str:
    """The one of its digests that is known already, else that of today."""
    if not known:  # at a first reveal none is, and it has thousands
        return digest(code)
    today, *before = digests(code)
    return next((found for found in [today, *before] if found in known), today)


def normalised(code: str) -> str:
    """A code as it was made; people type or paste it in any case, with whatever stood around it."""
    text = unicodedata.normalize("NFKC", tidy(code, lines=False)).upper().translate(LOOK_ALIKE)
    spelt = _letters(LABEL.sub("", text))
    is_whole = len(spelt) in {CODE_LENGTH, RETURN_CODE_LENGTH} and set(spelt) <= set(ALPHABET)
    if is_whole:
        return spelt
    # «Din kode er 7KP-4WD, hilsen Bo»; without a digit it could be any word, «RUMMET».
    in_a_sentence = [_letters(found[0]) for found in ALONE.finditer(text)]
    return next((code for code in in_a_sentence if not code.isalpha()), spelt)


def _letters(text: str) -> str:
    return "".join(sign for sign in text if sign.isalnum())


def link_in(text: str) -> str:
    """The token of a link to a room or to one's own place, whatever host it names; else nothing."""
    found = LINK.search(tidy(text, lines=False))
    return found["token"] if found else ""


def _keys() -> list[str]:
    return [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]


def _number(key: str) -> str:
    """Tells keys apart and gives nothing of them away."""
    return urlsafe_b64encode(_derived("number of the key", "", key)).decode()[:NUMBER_LENGTH]


def _key_of(nonce: str) -> str:
    """The key it was made with; that of today where it is not known any more."""
    number = nonce[:NUMBER_LENGTH]
    return next((key for key in _keys() if _number(key) == number), settings.SECRET_KEY)


def _derived(purpose: str, text: str, key: str) -> bytes:
    return hmac.digest(key.encode(), f"{purpose}:{text}".encode(), hashlib.sha256)


def _spelt(raw: bytes, length: int) -> str:
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in raw[:length])
