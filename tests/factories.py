"""Things of the portal with sensible values, so that a test names only what it is about."""

from datetime import date, timedelta
from itertools import count

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image

from accounts.models import User
from collaboration.models import GUIDE as COLLABORATION_GUIDE
from collaboration.models import Collaboration
from compass.content import read
from compass.models import (
    Attachment,
    Chapter,
    Contact,
    Department,
    Dilemma,
    Page,
    Path,
    Picture,
    Pivot,
    Recording,
    Source,
    Story,
    Theme,
)
from compass.uploads import as_webp
from goals.models import Goal, Goodbye
from privacy.models import RetentionPeriod
from reflection.content import own_texts
from reflection.models import Guide, GuideVersion, Prompt, Reflection

PASSWORD = "et-langt-kodeord-til-prøver"
numbers = count(1)


def yesterday():
    return timezone.now() - timedelta(days=1)


def tomorrow():
    return timezone.now() + timedelta(days=1)


COMING = timezone.localdate().year + 1  # a year whose days have not been


def decide(kind: str, days: int, basis: str = "Sag 2026-1"):
    """What the municipality has decided about deleting a kind of data."""
    decided = {"decided_by": "Direktionen", "decided_on": date(2026, 1, 1)}
    return RetentionPeriod.objects.create(kind=kind, days=days, basis=basis, **decided)


def make_user(name="Malik Medarbejder", *, role=None, **fields):
    """Staff of the municipality; with a `role` also someone who may work in the admin."""
    fields.setdefault("email", f"person{next(numbers)}@example.dk")
    user = User.objects.create_user(password=PASSWORD, name=name, **fields)
    user.groups.set(Group.objects.filter(name=role))
    return user


# --- The framework -------------------------------------------------------------------------------


def make_department(title="Teknik og Miljø", **fields):
    return Department.objects.create(title=title, **{"slug": f"forvaltning-{next(numbers)}", **fields})


def make_theme(title="Tid og regler", **fields):
    return Theme.objects.create(title=title, **{"slug": f"tema-{next(numbers)}", **fields})


def make_source(title="En side, der findes", **fields):
    return Source.objects.create(title=title, **{"key": f"K{next(numbers)}", **fields})


def make_pivot(title="Styrket fokus på værdi", *, points=("Byrådsmålene viser retningen",), **fields):
    number = next(numbers)
    defaults = {
        "position": number,
        "slug": f"omdrejningspunkt-{number}",
        "subtitle": "En god by for alle",
        "body": "Det vigtigste er, om noget bliver bedre for nogen.",
        "published_at": yesterday(),
    }
    pivot = Pivot.objects.create(title=title, **{**defaults, **fields})
    for position, point in enumerate(points, start=1):
        pivot.points.create(position=position, title=point, text="Det viser retningen.")
    return pivot


def make_path(title="Nye veje til at lytte", **fields):
    number = next(numbers)
    defaults = {
        "position": number,
        "slug": f"vej-{number}",
        "verb": "lytte",
        "standfirst": "Regn med, at du ikke kender svaret.",
        "body": "Det begynder med nysgerrighed.",
        "published_at": yesterday(),
    }
    return Path.objects.create(title=title, **{**defaults, **fields})


def make_dilemma(title="Fart eller omtanke", *, standpoints=("Først spørge, så svare",), **fields):
    number = next(numbers)
    defaults = {
        "key": f"P{number}",
        "slug": f"dilemma-{number}",
        "pole_a": "Vi handler nu.",
        "pole_b": "Vi tænker os om.",
        "description": "To gode ting trækker hver sin vej.",
        "question": "Hvornår valgte I sidst?",
        "provenance": "composed",
        "published_at": yesterday(),
    }
    fields.setdefault("path", Path.objects.first() or make_path())
    dilemma = Dilemma.objects.create(title=title, **{**defaults, **fields})
    for position, standpoint in enumerate(standpoints, start=1):
        dilemma.standpoints.create(position=position, title=standpoint, text="Sådan kan man stå.")
    return dilemma


def make_story(title="Mødet, der rykkede frem", *, themes=(), dilemmas=(), sources=(), **fields):
    number = next(numbers)
    defaults = {
        "key": f"H{number}",
        "slug": f"historie-{number}",
        "kind": Story.Kind.CASE,
        "standfirst": "De mødtes tidligere, og det ændrede sagen.",
        "body": "## Hvad de gjorde\n\nDe flyttede mødet en måned frem.",
        "provenance": "composed",
        "published_at": yesterday(),
    }
    fields.setdefault("path", Path.objects.first() or make_path())
    story = Story.objects.create(title=title, **{**defaults, **fields})
    story.themes.set(themes)
    story.dilemmas.set(dilemmas)
    story.sources.set(sources)
    return story


def make_page(title="Om portalen", **fields):
    number = next(numbers)
    defaults = {
        "slug": f"side-{number}",
        "standfirst": "Her kan du læse, hvad portalen er.",
        "body": "## Hvem står bag?\n\nKommunen.",
        "published_at": yesterday(),
    }
    return Page.objects.create(title=title, **{**defaults, **fields})


def make_contact(name="Karen Kontakt", **fields):
    fields.setdefault("department", Department.objects.first() or make_department())
    defaults = {
        "role": "Konsulent",
        "email": f"kontakt{next(numbers)}@example.dk",
        "as_of": yesterday().date(),
    }
    return Contact.objects.create(name=name, **{**defaults, **fields})


def make_recording(title="Kompasset læst op", *, chapters=1, **fields):
    defaults = {"slug": f"optagelse-{next(numbers)}", "published_at": yesterday()}
    recording = Recording.objects.create(title=title, **{**defaults, **fields})
    for position in range(1, chapters + 1):
        Chapter.objects.create(
            recording=recording,
            position=position,
            title=f"Kapitel {position}",
            audio=ContentFile(b"ID3 lyd", name=f"kapitel-{next(numbers)}.mp3"),
            seconds=60,
            transcript="Sådan lyder teksten.",
        )
    return recording


def make_picture(alt="Fire mennesker om et bord.", *, size=(600, 360), colour="teal", **fields):
    written = as_webp(Image.new("RGB", size, colour))
    written.name = "billede.webp"
    return Picture.objects.create(file=written, alt=alt, **{"credit": "Frida Fotograf", **fields})


def make_attachment(title="Skema til mødet", *, content=b"%PDF-1.7 skema", kind="pdf", **fields):
    file = ContentFile(content, name=f"skema.{kind}")
    fields = {"is_accessible": True, "size": len(content), **fields}
    return Attachment.objects.create(title=title, file=file, kind=kind, **fields)


# --- Reflections and goals -----------------------------------------------------------------------


def make_guide(slug="maalkompasset", *, title="Målkompasset", steps=2, is_published=True, **fields):
    """A compass of `steps` steps, each with one question, one statement and one line."""
    guide = Guide.objects.create(slug=slug, title=title, standfirst="Se på et mål.")
    version = guide.versions.create(
        number=1,
        intro="Vælg ét mål.",
        provenance="composed",
        minutes_solo=15,
        minutes_group="60–75",
        **fields,
    )
    for position in range(1, steps + 1):
        _make_step(version, position)
    if is_published:
        version.publish()
    return guide


def _make_step(version, position):
    step = version.steps.create(
        position=position,
        title=f"Hvad handler målet om ({position})?",
        purpose="At se, hvad målet vil ændre.",
        help="Forklar det til en nabo.",
        good="Alle kan sige det.",
    )
    step.prompts.create(position=1, kind=Prompt.Kind.QUESTION, text="Hvem mærker det?")
    step.prompts.create(
        position=2, kind=Prompt.Kind.SCALE, text="Målet er klart.", low="slet ikke", high="helt"
    )
    step.prompts.create(position=3, kind=Prompt.Kind.LINE, text="Skriv én linje.")
    return step


def make_goal(wording="Flere skal cykle til arbejde.", **fields):
    fields.setdefault("owner", User.objects.first() or make_user())
    return Goal.objects.create(wording=wording, **{"concerns": Goal.Concerns.CITIZENS, **fields})


def make_review(goal=None, **fields):
    """A look at a goal that has begun; makes the compass where there is none."""
    goal = goal or make_goal()
    if not Guide.objects.filter(slug="maalkompasset").exists():
        make_guide()
    review = goal.start_review(goal.owner)
    for name, value in fields.items():
        setattr(review, name, value)
    review.save()
    return review


def make_ended_review(goal=None, decision="keep", *, months_ago=0, **fields):
    """A look that one person has ended, some months ago."""
    look = make_review(goal, decision=decision, **{"reason": "Det valgte vi.", **PLANNED, **fields})
    look.decide()
    look.conclude()
    if months_ago:
        ended = timezone.now() - timedelta(days=30 * months_ago)
        Reflection.objects.filter(pk=look.reflection_id).update(concluded_at=ended)
    return look


PLANNED = {"stop": "Ugerapporten", "responsible": "Karen", "look_back_on": date(COMING, 3, 1)}


def make_goodbye(look, **fields):
    """A goodbye that has lasted seven months and is nobody's but its owner's."""
    stopped = timezone.localdate() - timedelta(days=215)
    defaults = {"what": "Ugerapporten", "why": "Ingen læste den.", "frees": "To timer om ugen"}
    defaults |= {"guard": "Teamlederen", "stops_on": stopped, "is_shared": False}
    return Goodbye.objects.create(review=look, **{**defaults, **fields})


def make_open_room(
    guide=None, *, title="Et rum, som ingen ejer", mode="confidential", **fields
) -> Reflection:
    """Begun by somebody without an account, who leads it."""
    guide = guide or Guide.objects.first() or make_guide()
    fields = {"keep_until": timezone.localdate() + timedelta(days=30), **fields}
    version = guide.current_version()
    return Reflection.start_open_room(version, title=title, mode=mode, **fields).reflection


def make_ending(slug: str, *texts: str, **fields) -> GuideVersion:
    """A published guide that ends with these lines, to choose between or to plan by (`ending=`)."""
    version = make_guide(slug, is_published=False, **fields).versions.get()
    for position, text in enumerate(texts, start=1):
        version.end_lines.create(position=position, text=text, hint=f"Når {text}")
    version.publish()
    return version


def make_room(*, leader=None, guide="maalkompasset", people=(), **chosen):
    """A room, with an answer from each of `people` (users, or None for somebody without an account).

    Everybody gives every statement the number of their place in the list, and one line in words.
    A `guide` that no app has registered is a compass all the same: its rooms are just ended.
    """
    if not Guide.objects.filter(slug=guide).exists():
        make_guide(guide)
    version = Guide.objects.get(slug=guide).current_version()
    chosen = {"title": "Flere på cykel", "mode": Reflection.Mode.CONFIDENTIAL, **chosen}
    room = Reflection.open_room(version, leader or User.objects.first() or make_user(), **chosen)
    for number, person in enumerate(people, start=1):
        participant = room.participants.create(user=person, name=f"Deltager {number}", safety=4, is_done=True)
        answer_everything(participant, number)
    return room


def answer_everything(participant, number):
    """Every statement gets a number from 1 to 5, every line some words."""
    for step in participant.reflection.version.steps.prefetch_related("prompts"):
        for prompt in step.answered_prompts:
            is_scale = prompt.kind == Prompt.Kind.SCALE
            raw = str((number - 1) % 5 + 1) if is_scale else f"Ord fra deltager {number}"
            participant.answers.create(prompt=prompt, **prompt.content(raw))


def make_agreement(room, what="Vi ringer om fredagen.", **fields):
    if not fields.get("no_date_reason"):
        fields.setdefault("due", timezone.localdate() + timedelta(days=1))
    agreement = room.agreements.create(what=what, **{"who": "Ea", **fields})
    agreement.refresh_from_db()
    return agreement


# --- Collaborations ------------------------------------------------------------------------------

TWO_PARTNERS = [("Beboerne", "citizens"), ("Teknik og Miljø", "department")]


def make_collaboration(title="Stien langs åen", *, partners=TWO_PARTNERS, **fields):
    fields.setdefault("owner", User.objects.first() or make_user())
    collaboration = Collaboration.objects.create(title=title, **{"about": "En sti, alle kan bruge", **fields})
    for position, (name, kind) in enumerate(partners, start=1):
        collaboration.partners.create(position=position, title=name, kind=kind)
    return collaboration


def make_collaboration_guide(**fields):
    """Samarbejdskompasset with steps of the tests' own and the portal's own words for results."""
    texts = own_texts(read(settings.CONTENT_DIR.parent / "common" / "guides" / "samarbejdskompasset.yaml"))
    fields = {"title": "Samarbejdskompasset", "texts": texts, **fields}
    return make_guide(COLLABORATION_GUIDE, **fields)


def make_round(collaboration=None, *, sides=(), **chosen):
    """A round in which people have answered. `sides` holds for each party its people.

    A person is (own, guess, sureness): the same for every statement and about every other party. None
    is no answer, "unknown" is «ved ikke».
    """
    if not Guide.objects.filter(slug=COLLABORATION_GUIDE).exists():
        make_collaboration_guide()
    collaboration = collaboration or make_collaboration()
    chosen = {"mode": Reflection.Mode.CONFIDENTIAL, **chosen}
    opened = collaboration.open_round(collaboration.owner, **chosen)
    parties = list(opened.reflection.parties.all())
    for party, people in zip(parties, sides, strict=False):
        for person in people:
            seat(opened, party, *person)
    return opened


def seat(opened, party, own=None, guess=None, sureness=None, **fields):
    """Somebody of `party` who has answered every statement, and guessed the same about every other party."""
    room = opened.reflection
    place = room.participants.create(party=party, **{"name": f"Deltager {next(numbers)}", **fields})
    prompts = Prompt.objects.filter(step__version=room.version, kind=Prompt.Kind.SCALE)
    for prompt in prompts if own is not None else []:
        place.answers.create(prompt=prompt, **prompt.content(str(own)))
    for other in room.parties.exclude(pk=party.pk) if guess is not None else []:
        for prompt in prompts:
            place.answers.create(prompt=prompt, about=other, sureness=sureness, **prompt.content(str(guess)))
    return place
