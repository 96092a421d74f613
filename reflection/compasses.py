"""The compasses that there are: what each adds to what every compass can do.

A published guide is a compass: steps, the answers together, shared lines, and an end with minutes. Where one
has more – pages of its own between those, mails, what somebody owns – the app it belongs to registers it when
it starts (`goals/compass.py`), by the slug of its guide. The engine asks here and knows no app above it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from django.core.exceptions import ImproperlyConfigured
from django.db.models import Model, QuerySet
from django.forms import BaseForm
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:  # models ask for their compass
    from accounts.models import User
    from reflection.confidentiality import Comment
    from reflection.development import Development
    from reflection.models import Agreement, GuideVersion, Participant, Reflection, Step


class Slide(NamedTuple):
    number: int
    step: "Step"
    shown: Any  # what the templates call for: the part of a result page, and the wall's picture of it
    page: str
    wall: str
    lines: list[tuple[str, str]]  # what the group has written about it: label and words
    lead: str  # who speaks first, and who asks; mostly nothing
    comments: list["Comment"]
    wall_lines: int = 9  # of comments, that its picture leaves room for on a wall
    distance: float = 0  # how far apart those are that it compares, where slides do not stand in that order

    @property
    def title(self) -> str:
        return self.step.local.title

    @property
    def most_signs(self) -> int:
        """Of one comment on a wall."""
        return 24 * (self.wall_lines - 1)

    @property
    def heading(self) -> str:
        """What is looked at, in full: the statement that all have answered."""
        return self.shown.statement.local.text if self.shown.statement else self.title


class Due(NamedTuple):
    """A mail to one person about one thing, whose date has come."""

    user: object
    language: str
    about: str  # a name for what it is about, the same each day: «agreement 12»
    on: date  # the date that has come; a new date makes a new mail
    subject: str  # lazy: it is read in the receiver's language
    templates: tuple[str, str]  # as plain text, and as HTML
    context: Callable[[], dict]  # asked for in the receiver's language

    @property
    def row(self) -> tuple:
        return (self.user.pk, self.about, self.on)


class Outcome(NamedTuple):
    """What came of a reflection, the same on everybody's last screen: whoever was in it may read it."""

    headline: str  # what was decided or agreed, in one sentence
    lines: list[tuple[str, str]]  # who, when, when one looks again: label and words

    @property
    def filled_lines(self) -> list[tuple[str, str]]:
        return [(str(label), str(text)) for label, text in self.lines if text]

    @property
    def is_begun(self) -> bool:
        return bool(self.headline or self.filled_lines)


class NextStep(NamedTuple):
    """A way on from the last screen."""

    title: str
    address: str
    hint: str = ""


Slides = Callable[["Reflection"], list[Slide]]
Note = Callable[["Reflection", Slide, Any], BaseForm | None]
OverRounds = Callable[["Reflection", "QuerySet[Participant]"], list["Development"]]


class Link(NamedTuple):
    """A page of a reflection: the name of a route that takes its key, and the words that lead there."""

    route: str
    title: str


class Page(NamedTuple):
    """Where a page lies, and what it is called."""

    address: str
    title: str


class Home(NamedTuple):
    """The public page of a compass, where an app has made one: the name of its route, and of the compass."""

    route: str
    title: str
    on_paper: str

    @property
    def page(self) -> Page:
        return Page(reverse(self.route), str(self.title))


class PaperPart(NamedTuple):
    """Something a group writes together on paper: each label has a line of its own."""

    title: str
    labels: list[str]
    text: str = ""
    choices: list[str] = []


class Paper(NamedTuple):
    """A round on paper: what one writes first, and what the group writes at the end."""

    first: list[str]
    together: list[PaperPart]
    has_lines: bool = True  # one for each step: «det ved vi nu»


AGREED = PaperPart(
    _("Det blev vi enige om"),
    [_("Én aftale, med navn og dato"), _("Hvem?"), _("Hvornår?"), _("Vi kigger igen den")],
)


def usual_paper(version: "GuideVersion") -> Paper:
    return Paper([_("Hvad handler det om?")], [AGREED])


def nothing_first(participant: "Participant") -> str:
    return ""


def beginning_of(participant: "Participant") -> Page:
    guide = participant.reflection.version.guide
    return Page(reverse("reflection:begin", args=[guide.slug]), guide.local.title)


class Choice(NamedTuple):
    """One of the ways a group can choose between before it ends: `hint` says when it is the right one."""

    value: str
    label: str
    hint: str


def no_choices(room: "Reflection") -> list[Choice]:
    return []


def no_reminders() -> Iterable[Due]:
    return []


def no_aside(participant: "Participant", step: "Step") -> SafeString:
    return SafeString()


def nothing_compared(slide: Slide) -> list[dict]:
    return []


def no_next_steps(participant: "Participant") -> list[NextStep]:
    return []


def nothing_waits(user: "User") -> SafeString:
    return SafeString()


def no_rooms() -> Iterable[int]:
    return []


def do_nothing(agreement: "Agreement"):
    pass


AGREEMENT = Link("reflection:agree", _("Skriv aftalen"))


@dataclass(frozen=True)
class Compass:
    """What one compass adds; whatever it leaves out is as in every compass. Words are lazy."""

    slug: str  # of its guide
    start: Link | None = None  # where somebody with an account begins; a route without a key
    mine: Link | None = None  # the list of what somebody has of it; without a key
    across: Link | None = None  # what everybody with an account may see of all of it; without a key
    waiting: Callable[["User"], SafeString] = nothing_waits  # HTML for «Din side»
    told_across: Callable[["User"], SafeString] = (
        nothing_waits  # HTML for the overview of what is told to all
    )
    home: Home | None = None  # its public page; else the page that every guide has
    about: Callable[["Participant"], Page] = beginning_of  # what is looked at, for who does so alone
    before_steps: Callable[["Participant"], str] = nothing_first  # the address of what comes first now
    guesses: bool = False  # whether one also guesses what the other parties answer
    result: Link | None = None  # what is shown at the reveal; else the board
    conclude: Link = AGREEMENT  # where one decides or agrees, and ends
    alone_ended: str = _("Det har du aftalt")  # over what somebody came to alone
    outcome: Callable[["Reflection"], Outcome] | None = (
        None  # what came of it, or is written now; else the agreement
    )
    next_steps: Callable[["Participant"], list[NextStep]] = no_next_steps  # its own, before those of all
    over_rounds: "OverRounds | None" = None  # what one with these places sees; else of the series
    over_rounds_page: str = "reflection/development.html"
    slides: "Slides | None" = None  # what is shown at the reveal, one by one; else the board
    slide_count: Callable[["Reflection"], int] | None = None  # how many, without a look at what they show
    compared: Callable[[Slide], list[dict]] = nothing_compared  # of a slide, for the minutes: see marks_of
    note: "Note | None" = None  # the form for what is written at a slide; else, and where it is None, a line
    choices: Callable[["Reflection"], list[Choice]] = no_choices  # between which each chooses before the end
    overview: str = _("Det, I ser mest forskelligt, står først")  # over all that is shown
    ending: str = _("Hvad bliver I enige om?")  # what is asked when all has been talked about
    variants: dict[str, str] = field(default_factory=dict)  # whom a reflection may concern, for special help
    text_names: dict[str, str] = field(default_factory=dict)  # of GuideVersion.texts, for who edits them
    owned: dict[type[Model], str] = field(default_factory=dict)  # what is given on before an account can go
    own_data: dict[str, Callable[[Model], list[dict]]] = field(default_factory=dict)  # of a user, by its name
    reminders: Callable[[], Iterable[Due]] = no_reminders  # all that is due today
    paper: Callable[["GuideVersion"], Paper] = usual_paper  # a round without screens
    aside: Callable[["Participant", "Step"], SafeString] = no_aside  # HTML beside a step, for who answers it
    told_to_readers: Callable[[], Iterable[int]] = no_rooms  # reflections that a public page tells of
    followed_up: Callable[["Agreement"], None] = do_nothing  # somebody said what became of an agreement


_registered: dict[str, Compass] = {}


def register(compass: Compass):
    """Called when an app starts."""
    if _registered.setdefault(compass.slug, compass) is not compass:
        raise ImproperlyConfigured(f"two compasses are registered for the guide {compass.slug!r}")


def registered() -> list[Compass]:
    return list(_registered.values())


def compass_of(slug: str, version: "GuideVersion") -> Compass:
    """Of the guide with that slug; where no app has registered one, what its version says."""
    return _registered.get(slug) or plain_compass(slug, version)


def home_of(slug: str) -> Home | None:
    """The page that an app has made for its compass; else it has the one of every compass."""
    compass = _registered.get(slug)
    return compass.home if compass else None


def plain_compass(slug: str, version: "GuideVersion") -> Compass:
    """What a guide is without an app: guesses and a way to end, as whoever made it chose."""
    guessed = {
        "guesses": True,
        "result": Link("reflection:compared", _("Gæt og svar")),
        "slides": import_string("reflection.slides.pair_slides"),  # which knows the models
        "slide_count": import_string("reflection.slides.pair_count"),
        "compared": import_string("reflection.blindspots.compared_at"),
        "overview": _("Det, I kender hinanden mindst på, står først"),
    }
    chosen = {
        "choices": choices_of,
        "ending": _("Hvad beslutter I?"),
        "conclude": Link("reflection:agree", _("Gå til beslutningen")),
    }
    planned = {"ending": _("Hvem gør hvad?"), "conclude": Link("reflection:agree", _("Skriv planen"))}
    endings: dict[str, dict[str, Any]] = {"decision": chosen, "plan": planned}
    return Compass(slug, **(guessed if version.guesses else {}), **endings.get(version.ending, {}))


def choices_of(room: "Reflection") -> list[Choice]:
    """The words that whoever made the guide lets a group choose between."""
    return [
        Choice(f"line-{line.position}", str(line.local.text), str(line.local.hint))
        for line in room.version.end_lines.all()
    ]
