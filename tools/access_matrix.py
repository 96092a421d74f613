"""Who reads whose words, and who may act as whom: the page docs/access.md and how it is read again.

tests/test_access.py knocks on every door as every kind of person and compares; it writes the page anew for
WRITE_ACCESS=1 make test ARGS=tests/test_access.py
"""

from pathlib import Path

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "access.md"
YES, NO = "ja", "–"

HEAD = """# Hvem læser hvis ord, og hvem kan handle som hvem

Tabellen er lavet ved at banke på hver dør som hver slags person (`tests/test_access.py`). En prøve
sammenligner den med portalen, som den er. Hvad rollerne må i redaktionen, står i [roles.md](roles.md).

- **ejer** har skrevet målet eller samarbejdet ind og leder rummet. **deltager** er gået ind med en kode og
  har ingen konto. De øvrige har en konto og er ikke med. **superbruger** er lavet med `createsuperuser`.
- *En andens konto* er en kollegas konto, som er taget i brug. Før det er den en invitation, og en
  administrator kan rette adressen.
- Ingen side lader nogen blive en anden. Det eneste, der ligner, er nødadgang: Den åbner et rums
  administration og aldrig et svar, den kræver en grund, og alle i rummet får det at vide.
- Den, der driver serveren, kan nå databasen. Det kan ingen side ændre på.
"""


def document(matrix: dict[tuple[str, str], dict[str, bool]]) -> str:
    """`matrix` says for each thing and act who may, by the kind of person."""
    people = list(next(iter(matrix.values())))
    lines = [HEAD, f"| det | at | {' | '.join(people)} |", f"|---|---|{'---|' * len(people)}"]
    for (thing, act), answers in matrix.items():
        cells = [YES if answers[person] else NO for person in people]
        lines.append(f"| {thing} | {act} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"
