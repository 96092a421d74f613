"""The papers of data protection, out of the marks of the models.

`make papers` writes docs/privacy/. A test compares the files with the code, and looks
for every test that the screening of risks names.
"""

import os
from collections import defaultdict
from pathlib import Path

import django

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "privacy"

MADE = """\
Siden er lavet af mærkerne i koden (`make papers`). En prøve sammenligner den med koden.
"""

RECORD = f"""# Fortegnelse over behandlingen (artikel 30)

{MADE}
Dataansvarlig, databeskyttelsesrådgiver, grundlag, modtagere og tilsynsmyndighed skriver kommunen ind i
redaktionen under *Oplysninger til dem, der skriver*. De står på siden «Privatliv». Der overføres intet
til lande uden for EU/EØS: Portalen henter og sender intet til andre end den database, den mailserver og
det login, kommunen selv angiver.

Læsere uden konto er ikke med: Portalen gemmer intet om dem.
"""

RISKS = [
    ("Nogen læser svar, før gruppen ser dem samlet", "En låge, alle kanaler spørger; prøver som angriber",
     ["tests/reflection/test_confidentiality.py", "tests/reflection/test_attackers.py"]),
    ("Små grupper kan genkendes, også ved at trække to visninger fra hinanden",
     "Mindst tre i rummet, fem uden for",
     ["tests/reflection/test_attackers.py", "tests/goals/test_overview.py"]),
    ("Nogen handler eller læser som en anden", "Ingen side kan det; en tabel over alle døre",
     ["tests/test_access.py"]),
    ("Ansatte slår op i det, der ikke vedkommer dem",
     "Hvert kig er en hændelse, som personen ser; stikprøver",
     ["tests/privacy/test_looks.py", "tests/privacy/test_pages.py"]),
    ("Loggen bliver rettet eller tømt", "PostgreSQL nægter det, også for den, der driver portalen",
     ["tests/privacy/test_event_log.py", "tests/test_database_rights.py"]),
    ("Oplysninger bliver liggende for længe", "En frist for hver slags; oprydningen følger den",
     ["tests/privacy/test_retention.py"]),
    ("Noget bliver slettet uden hjemmel", "Intet slettes, før frist og hjemmel er skrevet ind",
     ["tests/privacy/test_retention.py"]),
    ("Nye felter bliver glemt", "Et felt, der kan rumme personoplysninger, skal være mærket",
     ["tests/privacy/test_marks.py"]),
    ("En, der har krævet begrænsning, læses alligevel", "Mærkerne siger, hvad der er personens; alle spørger",
     ["tests/reflection/test_restriction.py"]),
    ("Nogen får ikke alt at se, der står om dem", "«Mine data» er lavet af mærkerne",
     ["tests/privacy/test_mine_data.py"]),
    ("Skrevne ord havner i en teknisk log", "Loggen kender kun ruter", ["tests/test_logs.py"]),
    ("Fratrådte kan stadig komme ind", "Sessioner og pladser slutter, når kontoen lukkes",
     ["tests/test_accounts.py", "tests/test_login_sessions.py"]),
    ("Andre firmaer får besked om, hvem der læser", "Ingen kald til andre; streng indholdspolitik",
     ["tests/test_headers.py", "tests/browser/test_every_page.py"]),
    ("Det skrevne går tabt", "Gemmes, mens man skriver, med en udgave af hvert svar",
     ["tests/reflection/test_nothing_is_lost.py"]),
]  # fmt: skip

SCREENING = f"""# Screening for konsekvensanalyse (artikel 35)

{MADE}
Portalen behandler svar og holdninger fra ansatte og inviterede. Den profilerer ingen, træffer ingen
afgørelser og behandler ingen følsomme oplysninger med vilje; i egne ord kan de forekomme, og det
advares der mod, før man skriver. Ansatte er i et ulige forhold til kommunen. Kommunen vurderer på det
grundlag, om en konsekvensanalyse kræves.

| risiko | det gør portalen | vist af |
|---|---|---|
"""

ANNEX = f"""# Bilag til en databehandleraftale

{MADE}
Udfyldes, hvis en leverandør driver portalen for kommunen.

- **Formål:** at drive portalen efter kommunens instruks. Leverandøren bruger ikke oplysningerne til andet.
- **De registrerede og oplysningerne** står i [fortegnelsen](fortegnelse.md), fristerne i
  [frister.md](frister.md).
- **Adgang:** Databasen har to roller ([database.md](../operations/database.md)). Portalens egen kan
  ikke rette i hændelsesloggen eller slette fra den.
- **Ved ophør:** Databasen udleveres med `pg_dump` og slettes derefter, sikkerhedskopier med samme frist.
- **Sletning:** `manage.py purge` køres hver dag, også efter en genskabelse fra en sikkerhedskopi.
- **Brud på sikkerheden:** meldes til kommunen uden unødigt ophold ([SECURITY.md](../../SECURITY.md)).
- **Underdatabehandlere:** skrives her: …"""

DUTY = f"""# Oplysningspligten (artikel 13)

{MADE}
Teksten er felter i redaktionen, under *Oplysninger til dem, der skriver*. En ændring er en ny udgave,
og de gamle bliver stående, så det kan ses, hvad der gjaldt hvornår. `manage.py check --deploy` siger,
hvad der mangler.

Hvilken udgave nogen fik at vide, står ved kontoen fra første login og ved hver plads i et rum. Personen ser
det under «Mine data» og ved sine svar, og det er med i svaret på en anmodning om indsigt.

Den står i kort form, før man skriver det første: dér, hvor man går ind i et rum, skriver et mål ind
eller skriver et samarbejde ind. Den hele tekst og fristerne står på siden «Privatliv».

## Felterne

"""

STAFF = """
## Til medarbejderne, før loggen tages i brug

> Portalen noterer, hvem der logger ind, hvem der ændrer noget i redaktionen, og hver gang nogen ser
> noget, en anden har skrevet: hvornår, hvad og med hvilken ret. Den noterer ikke, hvad du skriver eller
> læser på de offentlige sider. Loggen bruges til at kontrollere, at ingen slår op i det, der ikke
> vedkommer dem. Den bruges ikke til at måle, hvor meget nogen arbejder. Administratorer tager
> stikprøver. Du kan selv se under «Mine data», hvornår andre har set noget af dit. Loggen slettes efter
> den frist, der står på siden «Privatliv».

Kommunen giver medarbejderne den besked i god tid, før kontrollen begynder (aftalen om
kontrolforanstaltninger siger seks uger)."""


PERIODS = """
Det, kommunen skal beslutte, står i redaktionen under *Frister for sletning*: hvor længe, med hvilken
hjemmel, hvem der har besluttet det og hvornår. Indtil da slettes det ikke. Resten er kun til, for at
portalen virker.

En begrænsning af behandlingen (artikel 18, *Begrænsninger af behandling* i redaktionen) går forud for
fristen: Det, der er personens, bliver stående, så længe begrænsningen står, og slettes ved den første
oprydning, efter at den er frigivet. Imens vises det for ingen andre, det er ikke med i referater, udtræk
og optællinger, der laves på ny, og personen får ingen mails. Undtaget er tal, et rum allerede har set
samlet: De bliver stående uden navn og ord, for ellers kunne de andre trække fra. Det, en gruppe har
skrevet sammen, er gruppens. Hvem der må komme ind, og hvem der har set hvad, noteres som altid.
"""


def record() -> str:
    """By purpose, whose and what: one row a model."""
    from privacy.marks import KINDS, Purpose, marked_models

    rows = defaultdict(list)
    for model, mark in marked_models().items():
        if mark.is_personal:
            rows[mark.purpose].append((model, mark))
    parts = [RECORD.rstrip()]
    for purpose in Purpose:
        head = "| hvad | om hvem | oplysninger | frist |\n|---|---|---|---|"
        parts.append(f"\n## Formål: {purpose.label}\n\n{head}")
        for model, mark in sorted(rows[purpose], key=lambda pair: pair[0]._meta.label):
            kinds = [f"{KINDS[kind]}: {', '.join(names)}" for kind, names in mark.by_kind().items()]
            told = "; ".join(kinds) or "egne ord: alle tekster"
            kept = f"[{mark.kept.label}](frister.md)" if mark.kept else "så længe det, det hører til"
            parts.append(f"| `{model._meta.label}` | {mark.whose.label} | {told} | {kept} |")
    return "\n".join(parts) + "\n"


def screening() -> str:
    rows = [
        f"| {risk} | {does} | {', '.join(f'`{test}`' for test in tests)} |" for risk, does, tests in RISKS
    ]
    return SCREENING.rstrip() + "\n" + "\n".join(rows) + "\n"


def periods() -> str:
    from privacy.models import Kept

    lines = [f"# Frister for sletning\n\n{MADE}"]
    lines.append(PERIODS.lstrip())
    lines.append("| hvad | hvor længe | tiden løber fra, at |\n|---|---|---|")
    lines += [f"| {kind.label} (`{kind.value}`) | {_said(kind)} | {kind.begins} |" for kind in Kept]
    return "\n".join(lines) + "\n"


def _said(kind) -> str:
    from privacy.models.retention import USUAL
    from privacy.retention import Period

    if usual := USUAL.get(kind):
        return f"{Period(kind, usual, '').in_words}, hvis kommunen ikke beslutter andet"
    return Period(kind, kind.at_once, "").in_words if kind.at_once else "kommunen beslutter"


def duty() -> str:
    from django.db import models

    from privacy.models import PrivacyNotice

    kinds = models.CharField | models.TextField
    texts = [field for field in PrivacyNotice._meta.fields if isinstance(field, kinds)]
    rows = [
        f"- **{field.verbose_name}**{': ' if field.help_text else ''}{field.help_text}" for field in texts
    ]
    return DUTY.rstrip() + "\n\n" + "\n".join(rows) + "\n" + STAFF.rstrip() + "\n"


PAPERS = {
    "fortegnelse.md": record,
    "konsekvensanalyse.md": screening,
    "databehandler.md": lambda: ANNEX.rstrip() + "\n",
    "frister.md": periods,
    "oplysningspligt.md": duty,
}


def papers() -> dict[str, str]:
    from django.utils.translation import override

    with override("da"):
        return {name: write() for name, write in PAPERS.items()}


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aarhuskompas.settings")
    django.setup()
    FOLDER.mkdir(exist_ok=True)
    for name, text in papers().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
