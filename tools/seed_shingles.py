#!/usr/bin/env python
"""Fingerprints of the city's own page about Aarhuskompasset, so that a test finds copied sentences.

    python tools/seed_shingles.py the-page.txt > tests/seed_shingles.txt

The page's facts are carried over into the portal, its sentences are not, and so the page itself is not
kept here: only a short hash of each run of nine words, case and punctuation left aside. Official names
are nobody's sentences and are left out.
"""

import re
import sys
from hashlib import blake2b
from pathlib import Path

WORDS_IN_A_RUN = 9

OFFICIAL_NAMES = [
    "Aarhuskompasset – Aarhus Kommunes nye forståelsesramme",
    "Aarhuskompasset – Mindre system. Mere borger.",
    "Styrket fokus på værdi – Aarhus skal være en god by for alle",
    "Aarhusmålene er vores udgangspunkt",
    "Vi udvider vores effektbegreb til et værdibegreb",
    "Vi sætter værdi for borgerne og samfundet helt i centrum",
    "Styrket samskabelse – Vi skaber værdi sammen med borgerne og samfundet",
    "Mere vidensinformeret praksis og ledelse – Vi omsætter viden til værdi",
    "Vi forstår viden som data i bred forstand",
    "Mål og målinger skal give mening for dem, der samarbejder om at skabe værdi",
    "Vi supplerer vores styring med en stærk læringskultur",
    "Forslag fra SF om virksomhedsmodellen ROYE ikke længere anvendes i Aarhus Kommune",
    "Kong Frederiks Center for Offentlig Ledelse på Aarhus Universitet",
]


def runs(text: str) -> list[str]:
    """Every nine words that follow each other in a text."""
    words = re.findall(r"\w+", text.casefold())
    return [
        " ".join(words[start : start + WORDS_IN_A_RUN]) for start in range(len(words) - WORDS_IN_A_RUN + 1)
    ]


def fingerprint(run: str) -> str:
    return blake2b(run.encode(), digest_size=6).hexdigest()


def fingerprints(text: str) -> set[str]:
    names = {run for name in OFFICIAL_NAMES for run in runs(name)}
    return {fingerprint(run) for run in runs(text) if run not in names}


if __name__ == "__main__":
    print(*sorted(fingerprints(Path(sys.argv[1]).read_text(encoding="utf-8"))), sep="\n")
