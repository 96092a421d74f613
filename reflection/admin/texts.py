"""What only one compass says (GuideVersion.texts), as fields in the form of a draft."""

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget

from reflection.agenda import TEXT_NAMES
from reflection.compasses import Compass

LANGUAGES = {"da": "", "en": ", engelsk"}
PARTS = {"title": "overskrift", "text": "tekst"}


def name_of(key: str, compass: Compass, language: str = "da") -> str:
    """«knows-title» → «Gæt og svar er under 0,5 fra hinanden, overskrift»; «rule-2» → «Spilleregel 2»."""
    names = TEXT_NAMES | compass.text_names
    name, _dash, part = key.rpartition("-")
    between = " " if part.isdigit() else ", "
    words = names.get(key) or names.get(name, name) + between + PARTS.get(part, part)
    return words + LANGUAGES[language]


def field_name(key: str, language: str) -> str:
    return f"own-{key}-{language}"


class OwnTexts(forms.ModelForm):
    """With a field for each of the version's own texts; Danish is needed, English is not."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for key, texts in self.instance.texts.items():
            for language in LANGUAGES:
                name = field_name(key, language)
                self.initial[name] = texts.get(language, "")
                self.fields[name] = forms.CharField(
                    label=name_of(key, self.instance.compass, language),
                    required=language == "da",
                    widget=AdminTextareaWidget(attrs={"rows": 2}),
                )

    def clean(self):
        cleaned = super().clean()
        cleaned["texts"] = {
            key: {language: cleaned.get(field_name(key, language), "") for language in LANGUAGES}
            for key in self.instance.texts
        }
        return cleaned

    def _post_clean(self):
        super()._post_clean()
        self.instance.texts = self.cleaned_data.get("texts", self.instance.texts)
