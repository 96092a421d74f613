"""The facilitator's forms."""

from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from reflection.forms import FIELDS, AutosavedForm, Clash, TextLine
from reflection.live import announce
from reflection.models import Answer, Reflection, SharedLine, Snapshot, Step


class TimerForm(forms.Form):
    minutes = forms.IntegerField(label=_("Minutter"), min_value=1, max_value=60, initial=2)


class HideForm(forms.Form):
    reason = forms.CharField(
        label=_("Hvorfor?"),
        max_length=200,
        help_text=_("Alle i rummet kan se, at en kommentar er skjult, af hvem og hvorfor."),
        error_messages={"required": _("Skriv, hvorfor kommentaren skjules.")},
    )

    def save(self, snapshot: Snapshot, position: int, place):
        snapshot.hidden.get_or_create(
            position=position,
            defaults={"reason": self.cleaned_data["reason"], "hidden_by": place.label},
        )
        announce(snapshot.reflection.key)


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


class PaperForm(forms.Form):
    """One person's answers from paper: every prompt on one page, none of them required."""

    def __init__(self, *args, room: Reflection, **kwargs):
        super().__init__(*args, **kwargs)
        self.room = room
        self.steps = list(room.version.steps.prefetch_related("prompts"))
        self.prompts = {
            f"prompt-{prompt.pk}": prompt for step in self.steps for prompt in step.answered_prompts
        }
        if room.parties.exists():
            self.fields["party"] = forms.ModelChoiceField(
                label=_("Part"), queryset=room.parties.all(), widget=forms.RadioSelect,
                empty_label=None,
            )
        for name, prompt in self.prompts.items():
            self.fields[name] = FIELDS[prompt.kind](prompt)
            self.fields[name].required = False
            self.fields[name].prompt = prompt

    @transaction.atomic
    def save(self) -> bool:
        """True when the room still took answers."""
        if not Reflection.objects.held_collecting(self.room.pk):
            return False
        person = self.room.participants.create(
            party=self.cleaned_data.get("party"), is_paper=True, is_done=True
        )
        Answer.objects.bulk_create(
            Answer(participant=person, prompt=prompt, **prompt.content(self.cleaned_data[name]))
            for name, prompt in self.prompts.items()
            if self.cleaned_data[name]
        )
        announce(self.room.key)
        return True
