"""What of a compass is printed, as plain data: cards, a poster, a round on paper, and a guide for who leads.

Every published guide has them. What an app's compass has more of it says in `Compass.paper`.
"""

from django.utils.translation import get_language, gettext

from reflection.agenda import MINUTES, SAY, TITLES, Stage
from reflection.compasses import PaperPart
from reflection.models import Answer, GuideVersion, Prompt, Step
from reflection.thresholds import least_in_room


def sheet(version: GuideVersion, **more) -> dict:
    """What all sheets of a version share."""
    return {
        "title": str(version.guide.local.title),
        "standfirst": str(version.guide.local.standfirst),
        "lang": get_language(),
        "source": version.provenance_text,
        "cards": [card(step) for step in version.all_steps()],
        **more,
    }


def card(step: Step) -> dict:
    """A step as the sheets show it; a statement is all its sheets need, and not every step has one."""
    statement = next(iter(step.scales), None)
    lines = [prompt for prompt in step.answered_prompts if prompt.kind == Prompt.Kind.LINE]
    return {
        "number": step.position,
        "title": str(step.local.title),
        "purpose": str(step.local.purpose),
        "questions": [str(prompt.local.text) for prompt in step.questions],
        "statement": str(statement.local.text) if statement else "",
        "words": statement.words if statement else [],
        "lines": [str(prompt.local.text) for prompt in lines],
    }


def round_on_paper(version: GuideVersion) -> dict:
    """One person's answers, and what the group writes together."""
    paper = version.compass.paper(version)
    return sheet(
        version,
        guesses=version.compass.guesses,
        sureness=[str(label) for label in Answer.Sureness.labels],
        exercise=str(version.text("exercise")),
        first=[str(label) for label in paper.first],
        together=[_part(part) for part in paper.together],
        has_lines=paper.has_lines,
        words={
            "own": gettext("Mit svar"),
            "guess": gettext("Mit gæt"),
            "sure": gettext("Hvor sikker?"),
            "unknown": gettext("Ved ikke"),
            "together": gettext("Det skriver I sammen"),
            "line": gettext("Det ved vi nu"),
            "lines": gettext(
                "Vis alle tal på samme tid. Begynd, hvor I ser det mest forskelligt, og skriv én linje for "
                "hvert trin, I når."
            ),
        },
    )


def _part(part: PaperPart) -> dict:
    return {
        "title": str(part.title),
        "text": str(part.text),
        "choices": [str(choice) for choice in part.choices],
        "labels": [str(label) for label in part.labels],
    }


# --- For who leads -----------------------------------------------------------------------------------------


def facilitators_guide(version: GuideVersion) -> dict:
    """Two pages: before, during with minutes and what to say aloud, after."""
    least = {"few": least_in_room()}
    return sheet(
        version,
        title=gettext("%(title)s: til den, der leder") % {"title": version.guide.local.title},
        minutes=version.minutes_group,
        before=[text % least for text in _before(version)],
        phases=[_stage(version, stage) for stage in Stage],
        asks=_asks(version),
        rules=[str(rule) for rule in version.texts_like("rule-")],
        freedom=_freedom(),
        after=_after(),
        words={
            "time": gettext("Sæt %(minutes)s minutter af") % {"minutes": version.minutes_group},
            "before": gettext("Før I mødes"),
            "during": gettext("Mens I er sammen"),
            "minutes": gettext("minutter"),
            "say": gettext("Sig højt"),
            "ask": gettext("Hvem spørger du?"),
            "rules": gettext("Spilleregler for samtalen"),
            "freedom": gettext("Hvor frit kan de svare?"),
            "heads": [gettext("Når svarene er vist"), gettext("Det gør du")],
            "after": gettext("Bagefter"),
            "steps": gettext("Trinene"),
        },
    )


def _before(version: GuideVersion) -> list[str]:
    own = [str(text) for text in version.texts_like("before-")]
    return own or [
        gettext("Åbn rummet, og vælg «Fortroligt», hvis nogen kan være i tvivl om, hvad de tør sige."),
        gettext(
            "Inviter mindst %(few)s fra hver side, og helst flere. Er der færre, bliver sidens svar ikke "
            "vist i et fortroligt rum."
        ),
        gettext("Prøv det én gang alene: Sæt kryds ved «Det er en prøve», så har du set alle skærme."),
        gettext("Print blanketten til dem, der hellere skriver på papir, og et sæt kort til hvert bord."),
        gettext("Hav en storskærm, hvis I er mange. Vælg «Vis på storskærm», og skriv skærmkoden dér."),
    ]


DOES = {
    Stage.COLLECT: [
        lambda: gettext("Vis koden. Vent, til alle er inde, og tæl: Passer tallet med dem, der sidder her?"),
        lambda: gettext("Lad dem svare i ro. Gå ikke rundt, og se ikke over skuldre."),
    ],
    Stage.SEE: [lambda: gettext("Tryk «Vis svarene», når alle er færdige. Sig intet de første to minutter.")],
    Stage.TALK: [
        lambda: gettext("Tag højst to eller tre trin. Det, der står øverst, er I mest uenige om."),
        lambda: gettext("Skriv én linje for hvert: «Det ved vi nu». Læs den højt, og spørg, om den passer."),
    ],
    Stage.AGREE: [
        lambda: gettext(
            "Lad hver vælge på sin egen telefon, før I taler om det. Skriv så ét navn og én dato."
        )
    ],
}


def _stage(version: GuideVersion, stage: Stage) -> dict:
    return {
        "title": str(TITLES[stage]),
        "minutes": str(version.text(f"minutes-{stage}") or MINUTES[stage]),
        "does": [does() for does in DOES[stage]],
        "say": str(version.text(f"say-{stage}") or SAY[stage]),
    }


def _asks(version: GuideVersion) -> list[str]:
    first = (
        gettext("Den part, der blev gættet mest forkert på, fortæller først. De andre spørger kun.")
        if version.compass.guesses
        else gettext("Begynd med en, der sjældent taler først: «Hvad kunne få én til at svare lavt her?»")
    )
    return [
        first,
        gettext("Spørg til tallet, aldrig til personen. Ingen skal sige, hvad de selv har svaret."),
        gettext("Den, der bestemmer til daglig, taler sidst."),
        gettext(
            "Bliver der stille, så tæl til ti. Sig derefter: «Hvad ville en, der ikke er her i dag, sige?»"
        ),
    ]


def _freedom() -> list[dict]:
    """The same as is said at the reveal (reflection/agenda.py, safety_sentence)."""
    rows = [
        (gettext("Ingen svarer 1 eller 2"), gettext("Gå videre. Sig tak for, at de svarer frit.")),
        (gettext("Nogen svarer 1 eller 2"), gettext("Spørg alle – ikke nogen bestemt –, hvad der skal til.")),
        (
            gettext("Halvdelen eller flere svarer 1 eller 2"),
            gettext("Stop, og spørg alle, hvad der skal til. Gå først videre, når det er på plads."),
        ),
        (gettext("Der vises ingen tal"), gettext("For få har svaret på det. Spørg ikke, hvem.")),
    ]
    return [{"what": what, "do": do} for what, do in rows]


def _after() -> list[str]:
    return [
        gettext(
            "Luk rummet med aftalen. Så får alle den samme sidste skærm: hvad I aftalte, hvem og hvornår."
        ),
        gettext(
            "Referatet ligger klar som side, PDF og Word. Del det kun med dem, der var med, medmindre I "
            "aftaler andet."
        ),
        gettext("Kig igen på den dato, I skrev. Portalen minder dig om det med en mail."),
        gettext("Kom der noget svært frem, så ring til dem, det rammer, samme dag."),
    ]
