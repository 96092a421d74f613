"""«Fra samtale til historie»: with everybody's yes, a round becomes the draft of a story."""

from django import forms
from django.db import transaction
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from collaboration.models import Round
from compass.models import Path, Provenance, Story
from publishing.fields import ContentChoiceField
from publishing.slugs import slug_of
from reflection.forms.answers import TextLine
from reflection.thresholds import least_outside

SLUG_LENGTH = 100

# What somebody must have looked for before other people read about a conversation.
CHECKS = {
    "no_names": gettext_lazy("Der står ingen navne på personer"),
    "no_trace": gettext_lazy("Ingen kan genkendes på sted, dato, stilling eller særlige ord"),
    "no_small_numbers": format_lazy(
        gettext_lazy("Der er ingen tal fra færre end {few} personer"), few=lazy(least_outside, str)()
    ),
    "no_quotes": gettext_lazy("Det, nogen har sagt eller skrevet, er gengivet med andre ord"),
    "is_read": gettext_lazy("Begge sider har læst teksten"),
}


def draft(round: Round) -> dict:
    """What the form begins with: the insights and the agreement, without a name."""
    parts = []
    for insight in round.insights.select_related("step"):
        lines = "\n\n".join(f"**{label}** {text}" for label, text in insight.lines)
        parts.append(f"## {insight.step.title}\n\n{lines}")
    agreed = "\n\n".join(round.reflection.agreements.values_list("what", flat=True))
    if agreed:
        parts.append(f"## {_('Det blev vi enige om')}\n\n{agreed}")
    return {"body": "\n\n".join(parts)}


class CaseForm(forms.ModelForm):
    path = ContentChoiceField(
        label=gettext_lazy("Hvilken vej hører den til?"),
        queryset=Path.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": gettext_lazy("Vælg en vej.")},
    )
    body = TextLine(label=gettext_lazy("Historien"), widget=forms.Textarea(attrs={"rows": 16}))
    standfirst = TextLine(label=gettext_lazy("Kort sagt"), max_length=500)

    class Meta:
        model = Story
        fields = ["title", "standfirst", "body", "path"]
        labels = {"title": gettext_lazy("Overskrift")}

    def __init__(self, *args, round: Round, **kwargs):
        super().__init__(*args, initial=draft(round), **kwargs)
        self.round = round
        self.fields["path"].queryset = Path.objects.published()
        for name, label in CHECKS.items():
            missing = {"required": gettext_lazy("Se efter, og sæt så kryds.")}
            self.fields[name] = forms.BooleanField(label=label, error_messages=missing)

    @property
    def checks(self) -> list[forms.BoundField]:
        return [self[name] for name in CHECKS]

    @transaction.atomic
    def save(self) -> Story:
        """The draft, for an editor to finish; nobody else sees it."""
        story = super().save(commit=False)
        story.kind = Story.Kind.CASE
        story.key = f"SK{self.round.pk}"
        story.slug = f"{slug_of(story.title, SLUG_LENGTH) or 'samtale'}-{self.round.pk}"
        story.provenance = Provenance.Kind.SOURCED
        story.provenance_note = _(
            "Bygger på en samtale med Samarbejdskompasset. Alle, der var med, har sagt ja."
        )
        story.save()
        self.round.story = story
        self.round.save(update_fields=["story"])
        return story
