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
- *Et åbent rum* er begyndt uden konto («Prøv selv»). Ingen ejer det, og det ledes af den, der har linket fra
  starten, til en, der har en konto, får linket og overtager det.
- Ingen side lader nogen blive en anden. Det eneste, der ligner, er nødadgang: Den åbner et rums
  administration og aldrig et svar, den kræver en grund, og alle i rummet får det at vide.
- Den, der driver serveren, kan nå databasen. Det kan ingen side ændre på.
"""


WAYS_HEAD = """
## Veje ind

Tabellen ovenfor er den samme, hvad enten `LOCAL_LOGIN` er `on`, `break-glass` eller `off` ([identity.md](identity.md));
prøven går alle døre igennem i hver. Det, der er forskel på, er vejene ind og siderne om ens egen konto. *Administrator*
har her både en adgangskode og en anden faktor.
"""

ASVS = """
## Krav fra OWASP ASVS 5.0

| krav | sådan er det opfyldt | prøve |
|---|---|---|
| 2.4.1 | forkerte adgangskoder og koder tælles; den rigtige kommer ind (`accounts/rate_limits.py`) | `tests/test_accounts.py` |
| 3.4.1 | HSTS i et år på alle svar over https | `tests/test_settings.py` |
| 6.3.3 | kommunens login kræver anden faktor; nødlogin kræver den her | `tests/test_emergency_login.py` |
| 6.4.1 | et link til en konto virker én gang og i tre dage; ingen får en adgangskode af andre | `tests/admin/test_people.py` |
| 6.8.1 | én udsteder; en person kendes på udsteder og id, aldrig på e-mail alene | `tests/test_single_sign_on.py` |
| 6.8.2 | underskriften på hvert token kontrolleres med udstederens nøgle | `tests/test_single_sign_on.py` |
| 6.8.4 | `auth_time` afgør, om et login er nyt; ellers `prompt=login` og `max_age=0` | `tests/test_login_sessions.py` |
| 7.3.1 | 12 timer i alt, 60 minutter uden brug i redaktionen, 1 time ved nødlogin | `tests/test_fresh_login.py` |
| 7.4.2 | en lukket eller slettet konto er ude overalt med det samme | `tests/test_login_sessions.py`, `tests/test_sync_staff.py` |
| 7.4.5 | en administrator logger en person ud overalt | `tests/admin/test_people.py` |
| 7.5.1 | nyt login før roller, nødadgang, udtræk, sletning, e-mail og anden faktor | `tests/test_fresh_login.py` |
| 7.5.2 | man ser og afslutter sine egne login | `tests/test_login_sessions.py` |
| 8.1.1 | denne side, [roles.md](roles.md) og [policy/rules.md](policy/rules.md) | `tests/test_access.py` |
| 8.2.2 | hver ting hentes gennem den, der spørger; alle bankede på alt | `tests/test_access.py`, `tests/test_pages.py` |
| 10.1.2, 10.2.1 | `state`, PKCE (S256) og nonce er bundet til browseren og gælder ti minutter, én gang | `tests/test_single_sign_on.py` |
| 10.2.3 | kun `openid profile email`; intet link tilføjer mere | `tests/test_single_sign_on.py` |
| 10.5.1–10.5.4 | nonce, id, udsteder og modtager i ID-tokenet sammenlignes | `tests/test_single_sign_on.py` |
| 10.5.5 | back-channel logout: underskrift, hændelse, ingen nonce, én gang | `tests/test_login_sessions.py` |
| 14.3.1 | `Clear-Site-Data` ved «Log ud» | `tests/test_login_sessions.py` |
| 16.2.1, 16.3.1–16.3.3 | login, afvisninger, roller, nødlogin og afsluttede login står i hændelsesloggen | `tests/privacy/` |
"""


def document(
    matrix: dict[tuple[str, str], dict[str, bool]], ways: dict[tuple[str, str], dict[str, bool]]
) -> str:
    """Both say for each pair who may, by the kind of person."""
    return "\n".join([HEAD, _table("det", "at", matrix), WAYS_HEAD, _table("LOCAL_LOGIN", "at", ways), ASVS])


def _table(first: str, second: str, matrix: dict[tuple[str, str], dict[str, bool]]) -> str:
    people = list(next(iter(matrix.values())))
    lines = [f"| {first} | {second} | {' | '.join(people)} |", f"|---|---|{'---|' * len(people)}"]
    for (thing, act), answers in matrix.items():
        cells = [YES if answers[person] else NO for person in people]
        lines.append(f"| {thing} | {act} | {' | '.join(cells)} |")
    return "\n".join(lines)
