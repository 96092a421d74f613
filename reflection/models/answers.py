"""What people answer, and how two windows write the same answer without overwriting each other."""

import secrets
from typing import NamedTuple

from django.db import connection, models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from privacy.marks import PersonalData, Purpose, Whose
from privacy.models import Kept
from reflection.models.guides import Prompt, Step, as_typed

# Each save of a form asks for these and writes some; Django needs a millisecond to put either into SQL.
ANSWERS_TO = """
SELECT * FROM reflection_answer
WHERE participant_id = %s AND prompt_id = ANY (%s)
"""
REPLACE = "UPDATE reflection_answer SET {columns} WHERE id = %s AND version = %s"


class Progress(NamedTuple):
    """One step as one participant sees it; `state` is open, answered or skipped."""

    step: Step
    answers: list[tuple[Prompt, "Answer | None"]]
    state: str

    @property
    def value(self) -> int | None:
        """The number on the step's scale, where one was given."""
        return next((answer.value for _prompt, answer in self.answers if answer and answer.value), None)

    @property
    def line(self) -> str:
        """What was written in it, in one's own words."""
        return next((answer.text for _prompt, answer in self.answers if answer and answer.text), "")


def progress_in(step: Step, by_prompt: dict[int, "Answer"]) -> Progress:
    answers = [(prompt, by_prompt.get(prompt.pk)) for prompt in step.answered_prompts]
    states = {answer.state for _prompt, answer in answers if answer}
    if any(answer and answer.raw for _prompt, answer in answers):
        state = "answered"
    else:
        state = "skipped" if Answer.State.SKIPPED in states else "open"
    return Progress(step, answers, state)


class ConflictError(Exception):
    """Another window has written since this one read; `stored` is what stands there now."""

    def __init__(self, stored: "Answer"):
        super().__init__("another window was quicker")
        self.stored = stored


class AnswerQuerySet(models.QuerySet["Answer"]):
    def write(
        self,
        participant,
        prompt,
        raw: str,
        *,
        was: str,
        version: int,
        page: str,
        about=None,
        beside_was: dict | None = None,
        known: "Answer | None" = None,
        **beside,
    ) -> "Answer | None":
        """Store an answer as a form field holds it (`raw`, see Prompt.content) or raise ConflictError.

        Returns the answer as it stands now, None where there is none. `about` is the party whose answer
        is guessed; `beside` are further fields (is_signed, sureness) and `beside_was` what the page read
        of them, else they follow the last page that says something; `known` is the answer as just read.

        The page read `was` in `version` (0 = no answer yet). What the same `page` – one rendering of a
        form – wrote is never in its way: a save without a receipt can simply be sent again. A field
        nobody touched never overwrites what another window wrote.
        """
        fields = {**prompt.content(raw), **beside, "written_by": page}
        key = {"participant": participant, "prompt": prompt, "about": about}
        stored = known or self._stored(key, fields)
        while stored and not (stored.raw == raw and stored.has(beside)):
            if stored.has_moved(was, version, page, beside_was or {}):
                if raw != was or beside_was not in (None, beside):
                    raise ConflictError(stored)
                break
            stored = self._replace(stored, fields) or self._stored(key, fields)
        return stored

    def write_first(self, answers: list["Answer"]):
        """Store those that say something where there is no answer yet. What is there already stays.

        Two windows may write their first word at once. The database must not call that an error: its
        own log would keep the words.
        """
        filled = [answer for answer in answers if not answer.is_empty]
        self.bulk_create(filled, ignore_conflicts=True)  # type: ignore[arg-type]

    def _stored(self, key: dict, fields: dict):
        """The answer that is stored; where there is none, the first one is stored now, unless it is empty."""
        own, first = self.filter(**key), self.model(**key, **fields)
        stored = own.first()
        if stored or first.is_empty:
            return stored
        self.write_first([first])
        return own.get()

    def _replace(self, stored: "Answer", fields: dict) -> "Answer | None":
        """The answer with new fields; None when another window has written since it was read."""
        fields = {**fields, "version": stored.version + 1}
        columns = ", ".join(f"{name} = %s" for name in fields)
        with connection.cursor() as cursor:
            cursor.execute(REPLACE.format(columns=columns), [*fields.values(), stored.pk, stored.version])
            if not cursor.rowcount:
                return None
        for name, value in fields.items():
            setattr(stored, name, value)
        return stored


class Answer(models.Model):
    """One answer to one prompt. It carries neither time nor address: those could name its author."""

    class State(models.TextChoices):
        GIVEN = "given", _("besvaret")
        UNKNOWN = "unknown", _("ved ikke")
        SKIPPED = "skipped", _("sprunget over")

    class Sureness(models.IntegerChoices):
        NOT_AT_ALL = 1, _("Slet ikke")
        A_LITTLE = 2, _("Lidt")
        QUITE = 3, _("Ret sikker")
        COMPLETELY = 4, _("Helt sikker")

    erased_by = "participant__key"
    participant = models.ForeignKey("reflection.Participant", models.CASCADE, related_name="answers")
    prompt = models.ForeignKey(Prompt, models.PROTECT, related_name="answers")
    state = models.CharField(max_length=10, choices=State.choices, default=State.GIVEN)
    value = models.PositiveSmallIntegerField(null=True, blank=True)
    text = models.TextField(blank=True)
    about = models.ForeignKey(  # the party whose answer is guessed; nobody: one's own answer
        "reflection.Party", models.CASCADE, null=True, blank=True, related_name="+"
    )
    sureness = models.PositiveSmallIntegerField(  # of a guess
        choices=Sureness.choices, null=True, blank=True
    )
    is_signed = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    written_by = models.CharField(max_length=22, blank=True)

    objects = AnswerQuerySet.as_manager()

    personal_data = PersonalData(
        Whose.PARTICIPANTS,
        Purpose.REFLECTION,
        Kept.ROOMS,
        person="participant__user",
        called=_("Dine svar"),
        participant="participant",
        words=("text",),
        opinions=("value", "state", "sureness"),
        nothing=("written_by",),
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["participant", "prompt", "about"],
                name="one_answer_per_prompt",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=models.Q(sureness__isnull=True) | models.Q(sureness__range=(1, 4)),
                name="sureness_goes_from_1_to_4",
            ),
            models.CheckConstraint(
                condition=models.Q(value__isnull=True) | models.Q(value__range=(1, 5)),
                name="values_go_from_1_to_5",
            ),
            models.CheckConstraint(
                condition=models.Q(state="given") | models.Q(value__isnull=True, text=""),
                name="unknown_and_skipped_are_empty",
            ),
        ]

    def __str__(self):
        return f"svar {self.pk}"

    @property
    def raw(self) -> str:
        """The answer as a form field holds it; empty when skipped or erased."""
        return as_typed(self.state, self.value, self.text)

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing: neither an answer nor how sure one is."""
        return not (self.raw or self.sureness)

    @property
    def in_words(self) -> str:
        if self.state == self.State.UNKNOWN:
            return str(self.get_state_display())
        if self.value:
            return gettext("%(value)s af 5") % {"value": self.value}
        skipped = self.State.SKIPPED.label if self.state == self.State.SKIPPED else gettext("intet svar")
        return self.text or str(skipped)

    def has_moved(self, was: str, version: int, page: str, beside_was: dict) -> bool:
        """Whether another page has changed it since a page read `was` in that version."""
        is_as_read = self.raw == was and self.has(beside_was)
        return version != self.version and page != self.written_by and not is_as_read

    def has(self, fields: dict) -> bool:
        return all(getattr(self, name) == value for name, value in fields.items())


def new_page_key() -> str:
    """A name for one rendering of a form; see AnswerQuerySet.write."""
    return secrets.token_urlsafe(16)
