"""The facilitator's forms."""

from django import forms
from django.core.validators import MaxValueValidator
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from reflection.confidentiality import Comment
from reflection.forms.answers import FIELDS, AutosavedForm, Clash, TextLine
from reflection.forms.joining import NAME_IS_TAKEN, USED
from reflection.forms.rooms import MOST_SLIPS
from reflection.live.notifications import announce
from reflection.models import (
    Answer,
    HiddenComment,
    Participant,
    Party,
    Prompt,
    Reflection,
    SharedLine,
    Step,
)


class TimerForm(forms.Form):
    minutes = forms.IntegerField(label=_("Minutter"), min_value=1, max_value=60, initial=2)


class StepForm(forms.Form):
    """Which slide everybody is taken to."""

    step = forms.IntegerField(min_value=0)

    def __init__(self, *args, most: int, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["step"].max_value = most
        self.fields["step"].validators.append(MaxValueValidator(most))


class TakePartForm(forms.Form):
    """Whether whoever leads answers too – and for which party, where there are any."""

    ONLY_LEADS = "no"

    answers = forms.ChoiceField(label=_("Svarer du selv?"), widget=forms.RadioSelect)

    def __init__(self, *args, participant: Participant, **kwargs):
        super().__init__(*args, **kwargs)
        self.participant = participant
        parties = participant.reflection.parties.filter(is_absent=False)
        self.parties = {str(party.pk): party for party in parties}
        yes = [(pk, party.title) for pk, party in self.parties.items()] or [("yes", _("Ja, jeg svarer også"))]
        self.fields["answers"].choices = [(self.ONLY_LEADS, _("Nej, jeg leder kun")), *yes]
        side = str(participant.party_id) if self.parties else "yes"
        self.fields["answers"].initial = side if participant.is_respondent else self.ONLY_LEADS

    @property
    def is_open(self) -> bool:
        """Until answers have been shown; where people come by slip only who opened the room needs none."""
        room = self.participant.reflection
        has_slip = self.participant.is_owner or not room.is_by_invitation
        return room.is_collecting and not room.was_revealed and has_slip

    @transaction.atomic
    def save(self) -> bool:
        self.participant.reflection = self.participant.reflection.locked()  # no reveal meanwhile
        if not self.is_open:
            return False
        chosen = self.cleaned_data["answers"]
        if chosen == self.ONLY_LEADS:
            self.participant.only_lead()
        else:
            self.participant.answer_for(self.parties.get(chosen))
        return True

    @property
    def done(self) -> str:
        return str(_("Du svarer også.") if self.participant.is_respondent else _("Du leder kun."))


FULL = _("Rummet er fuldt. Ingen nye kan komme ind.")
WHY_NOT = {"stop_leading": _("Rummet skal have en, der leder.")}


class PersonForm(forms.Form):
    """Give somebody the lead or take it back, put them out or let them in again."""

    act = forms.ChoiceField(
        label=_("Hvad vil du?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Vælg, hvad du vil."),
            "invalid_choice": _("Det kan ikke lade sig gøre mere. Se, hvad der står nu."),
        },
    )
    DO = {
        "lead": lambda person: person.lead().is_facilitator,
        "stop_leading": Participant.stop_leading,
        "put_out": Participant.put_out,
        "let_in": Participant.let_in_again,
    }
    DONE = {
        "lead": _("%(name)s kan nu også lede rummet."),
        "stop_leading": _("%(name)s leder ikke rummet mere. Linket til dem, der leder, er et nyt."),
        "put_out": _("%(name)s er sat ud af rummet."),
        "let_in": _("%(name)s kan komme ind igen."),
    }

    def __init__(self, *args, person: Participant, **kwargs):
        super().__init__(*args, **kwargs)
        self.person = person
        self.fields["act"].choices = list(self._choices())

    def _choices(self):
        person = self.person
        if person.reflection.is_concluded or person.is_owner:
            return
        if person.is_facilitator:
            yield "stop_leading", _("Tag rollen tilbage. Personen leder ikke rummet mere.")
        elif person.is_put_out and person.may_be_let_in:
            yield "let_in", _("Lad personen komme ind igen")
        elif not person.is_put_out:
            yield "lead", _("Lad personen også lede rummet")
            yield "put_out", _("Sæt personen ud af rummet")

    def save(self) -> bool:
        act = self.cleaned_data["act"]
        if self.DO[act](self.person):
            return True
        self.add_error("act", WHY_NOT.get(act, self.fields["act"].error_messages["invalid_choice"]))
        return False

    @property
    def done(self) -> str:
        return self.DONE[self.cleaned_data["act"]] % {"name": self.person.label}


class RevealForm(forms.Form):
    """«Vi er 4 fra … og 3 fra …: det passer.» `counted` is who was in on the page that said so."""

    counted = forms.CharField(widget=forms.HiddenInput, required=False)
    go = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, room: Reflection, **kwargs):
        super().__init__(*args, **kwargs)
        self.room = room

    def clean(self) -> dict:
        if not self.room.done_count:
            raise forms.ValidationError(_("Ingen er færdige endnu. Så er der ikke noget at vise."))
        return super().clean()

    def save(self) -> bool:
        """Show the answers, or («later») leave it to the set time. False when somebody has come or gone."""
        is_right = self.room.confirm_head_count(self.cleaned_data["counted"])
        if is_right and self.cleaned_data["go"] != "later":
            is_right = self.room.reveal_if_counted()
        if not is_right:
            self.add_error(None, _("Der er kommet eller gået nogen, mens du talte. Tæl igen."))
        return is_right


class HideForm(forms.Form):
    reason = forms.CharField(
        label=_("Hvorfor?"),
        max_length=200,
        help_text=_("Alle i rummet kan se, at en kommentar er skjult, af hvem og hvorfor."),
        error_messages={"required": _("Skriv, hvorfor kommentaren skjules.")},
    )

    def save(self, comment: Comment, participant):
        HiddenComment.objects.get_or_create(
            snapshot_id=comment.snapshot,
            position=comment.position,
            defaults={"reason": self.cleaned_data["reason"], "hidden_by": participant.label},
        )
        announce(participant.reflection.key)


class SharedLineForm(AutosavedForm, forms.Form):
    """Two facilitators may write at once: the version tells the second that the first was there."""

    text = TextLine(label=_("Det ved vi nu"), required=False, max_length=1000)

    def __init__(self, *args, room: Reflection, step: Step, **kwargs):
        self.room, self.step = room, step
        super().__init__(*args, initial={"text": self.stored().text}, **kwargs)

    def stored(self) -> SharedLine:
        return SharedLine.objects.filter(reflection=self.room, step=self.step).first() or SharedLine()

    def stored_state(self) -> list[tuple[str, str]]:
        if self.clashes:
            return [("text-was", self.was("text"))]
        return [("text-was", self.stored().text)]

    @transaction.atomic
    def save(self) -> bool:
        if "text" not in self.cleaned_data:
            return True
        text, was = self.cleaned_data["text"], self.was("text")
        line, _is_new = SharedLine.objects.select_for_update().get_or_create(
            reflection=self.room, step=self.step
        )
        if self.data.get("overwrite") == "text":
            was = self.data.get("text-theirs", "").replace("\r\n", "\n")
        if line.text not in {was, text} and line.written_by != self.page:
            if text != was:
                self.clashes = [Clash("text", str(self.fields["text"].label), line.text, "text")]
            return not self.clashes
        line.text, line.written_by = text, self.page
        line.save()
        announce(self.room.key)
        return True


class SlipField(forms.ModelChoiceField):
    """Which slip somebody on paper has used."""

    def __init__(self, room: Reflection):
        super().__init__(
            room.personal_invitations.unused().select_related("party"),
            label=_("Hvilken seddel?"),
            help_text=_("Personen på papir bruger også en seddel. Den kan ikke bruges igen."),
            error_messages={"required": _("Vælg den seddel, personen har fået."), "invalid_choice": USED},
        )

    def label_from_instance(self, slip) -> str:
        return slip.label


class MoreSlipsForm(forms.Form):
    """More people than expected."""

    party = forms.ModelChoiceField(
        label=_("Til hvilken part?"),
        queryset=Party.objects.none(),
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={"required": _("Vælg, hvilken part sedlerne er til.")},
    )
    people = forms.IntegerField(label=_("Hvor mange sedler til?"), min_value=1, initial=1)

    def __init__(self, *args, room: Reflection, **kwargs):
        super().__init__(*args, **kwargs)
        self.room = room
        self.fields["party"].queryset = room.parties.filter(is_absent=False)
        if not self.fields["party"].queryset:
            del self.fields["party"]

    def clean_people(self) -> int:
        people = self.cleaned_data["people"]
        if self.room.personal_invitations.count() + people > MOST_SLIPS:
            raise forms.ValidationError(_("Et rum kan højst have %s sedler.") % MOST_SLIPS)
        return people

    @transaction.atomic
    def save(self):
        self.room.locked().invite(self.cleaned_data["people"], self.cleaned_data.get("party"))


class PaperForm(forms.Form):
    """One person's answers from paper: every prompt on one page, none of them required."""

    def __init__(self, *args, room: Reflection, **kwargs):
        super().__init__(*args, **kwargs)
        self.room = room
        self.steps = room.version.all_steps()
        self.prompts = {
            f"prompt-{prompt.pk}": prompt for step in self.steps for prompt in step.answered_prompts
        }
        parties = room.parties.filter(is_absent=False)
        if room.is_by_invitation:
            self.fields["slip"] = SlipField(room)
        elif parties:
            self.fields["party"] = forms.ModelChoiceField(
                label=_("Part"),
                queryset=parties,
                widget=forms.RadioSelect,
                empty_label=None,
            )
        if not room.is_confidential:
            self.fields["name"] = forms.CharField(
                label=_("Navn"),
                max_length=60,
                help_text=_("Her står navnet ved svarene. Spørg først."),
            )
        for name, prompt in self.prompts.items():
            self.fields[name] = FIELDS[prompt.kind](prompt)
            self.fields[name].required = False
            self.fields[name].prompt = prompt
        scales = [prompt for prompt in self.prompts.values() if prompt.kind == Prompt.Kind.SCALE]
        self.guesses: dict[str, tuple[Party, Prompt]] = {}
        for party in room.parties.all() if parties and room.compass.guesses else []:
            for prompt in scales:
                self._add_guess(party, prompt)

    def _add_guess(self, party: Party, prompt: Prompt):
        """A field for what the paper guesses of the party, and one for how sure."""
        name = f"about-{party.pk}-{prompt.pk}"
        self.guesses[name] = (party, prompt)
        about = {"party": party.title, "prompt": prompt.local.text}
        self.fields[name] = FIELDS[prompt.kind](prompt)
        self.fields[name].label = _("Gæt på %(party)s: %(prompt)s") % about
        self.fields[name].required = False
        self.fields[name].prompt = prompt
        self.fields[f"{name}-sure"] = forms.TypedChoiceField(
            label=_("Hvor sikker?"),
            choices=[("", "–"), *Answer.Sureness.choices],
            coerce=int,
            empty_value=None,
            required=False,
        )

    def _guesses_of(self, person: Participant) -> list[Answer]:
        """Of the other parties; what is typed about one's own is no guess."""
        return [
            Answer(
                participant=person,
                prompt=prompt,
                about=party,
                sureness=self.cleaned_data[f"{name}-sure"],
                **prompt.content(self.cleaned_data[name]),
            )
            for name, (party, prompt) in self.guesses.items()
            if self.cleaned_data[name] and party != person.party
        ]

    @transaction.atomic
    def save(self) -> bool:
        """True when the room still took answers and people, and the name and the slip are nobody else's."""
        if not self.room.lock_if_collecting():
            return False
        if self.room.is_full:
            self.add_error(None, FULL)
            return False
        if self.room.has_name(self.cleaned_data.get("name", "")):
            self.add_error("name", NAME_IS_TAKEN)
            return False
        slip = self.cleaned_data.get("slip")
        if slip and not slip.use():
            self.add_error("slip", USED)
            return False
        person = self.room.participants.create(
            party=slip.party if slip else self.cleaned_data.get("party"),
            name=self.cleaned_data.get("name", ""),
            is_paper=True,
            is_done=True,
        )
        if slip:
            slip.assign_to(person)
        Answer.objects.bulk_create(
            Answer(participant=person, prompt=prompt, **prompt.content(self.cleaned_data[name]))
            for name, prompt in self.prompts.items()
            if self.cleaned_data[name]
        )
        Answer.objects.bulk_create(self._guesses_of(person))
        announce(self.room.key)
        return True
