"""Guides: a draft is edited on one page, compared with what it replaces, and published as a version."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.db import IntegrityError, transaction
from django.dispatch import receiver
from django.shortcuts import get_object_or_404, redirect
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join

from compass.models import Dilemma, Story
from privacy.models import What
from publishing.admin import (
    MARKDOWN,
    PROVENANCE,
    ContentForm,
    Feature,
    GuardedAdmin,
    GuardedForm,
    OrderedInline,
    WrittenInline,
    custom_view,
    item_view,
)
from publishing.admin.comparison import changed
from publishing.admin.custom_views import ACT, READ, permitted
from publishing.admin.help import beside_each_other
from publishing.admin.history import SeenForm
from publishing.admin.references import change_url
from publishing.admin.snapshots import snapshot_of
from publishing.shortcuts import json_file
from publishing.signals import is_needed
from publishing.trial import trial
from reflection import compass_files
from reflection.admin.comparison import compare, warnings
from reflection.admin.forms import StepForm, StepFormSet
from reflection.admin.texts import OwnTexts, field_name
from reflection.admin.walkthrough import made_up_room, pages_of
from reflection.compasses import home_of
from reflection.models import EndLine, Guide, GuideVersion, Prompt, Reflection, Step, rehearse
from reflection.models.guides import versions_pointing_at
from reflection.participation import step_or_404
from reflection.privacy.retention import delete_room

PUBLISHED = (
    "{version} er udgivet, og refleksioner bygger på den. Derfor kan den hverken ændres eller slettes. "
    "Lav en kladde ud fra den, ret i kladden, og udgiv den som en ny udgave."
)
LONGEST_LIST = 300


class NewGuideForm(ContentForm):
    copy_of = forms.ModelChoiceField(
        label="Kopi af",
        queryset=Guide.objects.all(),
        required=False,
        empty_label="Intet: begynd forfra",
        help_text="Så har kladden de samme trin, spørgsmål og slutning. Ret dem bagefter.",
    )


class ImportForm(forms.Form):
    """A file made by «Hent som fil», here or elsewhere. What is wrong is said place by place."""

    file = forms.FileField(
        label="Fil",
        help_text="En fil, der er hentet fra et kompas på en portal som denne. Den ender på .json.",
        error_messages={"required": "Vælg en fil.", "empty": "Filen er tom."},
    )
    slug = forms.SlugField(
        label="Adresse",
        required=False,
        max_length=50,
        help_text="Tomt felt: den, der står i filen. Kompassets adresse bliver /kompasser/adresse/.",
    )

    def clean(self):
        cleaned = super().clean()
        if not self.errors:
            file = cleaned["file"]
            found = compass_files.read(file.read(compass_files.LARGEST + 1))
            self.draft = compass_files.from_file(found, slug=cleaned["slug"])
        return cleaned


@custom_view("importer/", "from_file", may=permitted("add"))
def import_view(model_admin, request):
    """A compass out of a file becomes a draft of a new one: it is read and published as any other."""
    form = ImportForm(request.POST or None, request.FILES or None)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        template = "admin/reflection/guide/import.html"
        return model_admin.page(request, "Importér et kompas", template, {"form": form}, status=status)
    model_admin.log_addition(request, form.draft.guide, "Importeret fra en fil.")
    model_admin.record_act(request, What.IMPORTED, form.draft.guide)
    messages.success(request, "Kompasset er importeret som en kladde. Læs den, og udgiv den så.")
    return redirect(change_url(form.draft))


@admin.register(Guide)
class GuideAdmin(GuardedAdmin):
    """A guide is all that a compass needs. A new one begins with a draft; published, everybody can use it."""

    features = [Feature([import_view])]
    form = ContentForm
    list_display = ["title", "slug", "current"]
    search_fields = ["title"]
    help_texts = {
        "standfirst": "Én eller to sætninger om, hvad kompasset kan bruges til.",
        "slug": "Kompassets adresse bliver /kompasser/adresse/. Den kan ikke ændres bagefter.",
    }
    fieldsets = [
        (None, {"fields": ["title", "standfirst"]}),
        ("Udgaver", {"fields": ["slug", "all_versions", "is_retired"]}),
    ]
    add_fieldsets = [
        (None, {"fields": ["title", "standfirst", "slug", "copy_of"]}),
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("versions")

    def get_readonly_fields(self, request, obj=None):
        if obj is None:
            return []
        is_needed = home_of(obj.slug) is not None  # pages of an app stand on it
        return ["slug", "all_versions", *(["is_retired"] if is_needed else [])]

    def get_form(self, request, obj=None, change=False, **kwargs):
        return super().get_form(request, obj, change, **({} if obj else {"form": NewGuideForm}), **kwargs)

    def get_fieldsets(self, request, obj=None):
        return super().get_fieldsets(request, obj) if obj else beside_each_other(self.add_fieldsets, Guide)

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if not change:
            copied = form.cleaned_data["copy_of"]
            if copied:
                obj.begin_as(copied.versions.latest("number"))
            else:
                obj.first_draft()

    def response_add(self, request, obj, post_url_continue=None):
        messages.success(request, "Kompasset er lavet. Her er kladden til den første udgave.")
        return redirect(change_url(obj.versions.get()))

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description="bruges nu")
    def current(self, guide):
        published = [version for version in guide.versions.all() if version.is_published]
        return f"Udgave {published[0].number}" if published else "Ingen udgave endnu"

    @admin.display(description="udgaver")
    def all_versions(self, guide):
        links = ((change_url(version), version, status_of(version)) for version in guide.versions.all())
        return format_html_join(", ", '<a href="{}">{}</a> ({})', links)


def status_of(version: GuideVersion) -> str:
    if not version.is_published:
        return "Kladde"
    return f"Udgivet {date_format(version.published_at, 'j. F Y')}"


class StepInline(WrittenInline):
    model = Step
    form = StepForm
    formset = StepFormSet
    template = "admin/reflection/guideversion/steps.html"
    extra = 1

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("dilemmas", "stories")


class EndLineInline(OrderedInline):
    model = EndLine
    extra = 2
    fields = ["position", "text", "hint"]
    verbose_name_plural = "Slutningen: ord at vælge mellem, eller planens linjer (tom ved én aftale)"


class VersionForm(OwnTexts, GuardedForm):
    """The draft with its steps and everything in them: whoever changed any of it, stands in the way."""

    def stored(self):
        whole = GuideVersion.objects.with_steps().get(pk=self.instance.pk)
        steps = list(whole.steps.all())
        parts = [part for step in steps for part in [*step.prompts.all(), *step.variants.all()]]
        return snapshot_of([whole, *steps, *parts, *whole.end_lines.all()])


class ConfirmForm(SeenForm):
    """Publishes what was compared, and only what can be used."""

    changed_meanwhile = "Kladden er ændret, siden du så den her. Se den igen nedenfor."

    def __init__(self, *args, problems: list[str], **kwargs):
        self.problems = problems
        super().__init__(*args, **kwargs)

    def clean(self):
        if self.problems:
            raise forms.ValidationError(self.problems)
        return super().clean()


def refused(request, version):
    messages.error(request, PUBLISHED.format(version=version))
    return redirect(change_url(version))


@transaction.atomic
def end_rehearsals(version):
    for room in Reflection.objects.filter(version=version, is_rehearsal=True):
        delete_room(room)


# --- From version to draft to version ------------------------------------------------------------------


@custom_view("<int:pk>/kladde/", "draft", methods=ACT, may=permitted("change"))
def draft_view(model_admin, request, pk):
    version = get_object_or_404(GuideVersion, pk=pk)
    try:
        draft = version.new_draft()
    except IntegrityError:  # one draft per guide
        draft = version.guide.versions.get(published_at=None)
        messages.warning(request, "Der er allerede en kladde. Her er den.")
    else:
        model_admin.log_addition(request, draft, f"Lavet ud fra udgave {version.number}.")
        messages.success(request, f"Kladden er en kopi af udgave {version.number}. Ret den her.")
    return redirect(change_url(draft))


@custom_view("<int:pk>/igen/", "again", methods=ACT, may=permitted("change"), guards=[transaction.atomic])
def again_view(model_admin, request, pk):
    """Back to an earlier version in one act: it is published once more, as the newest."""
    version = get_object_or_404(GuideVersion.objects.published(), pk=pk)
    if version.guide.versions.filter(published_at=None).exists():
        messages.error(request, "Der er en kladde. Udgiv den, eller slet den, før du går tilbage.")
        return redirect(change_url(version))
    again = version.new_draft()
    model_admin.log_addition(request, again, f"Lavet ud fra udgave {version.number}.")
    return _publish(model_admin, request, GuideVersion.objects.with_steps().get(pk=again.pk))


@custom_view("<int:pk>/proev/", "rehearse", methods=ACT, may=permitted("change"))
def rehearse_view(model_admin, request, pk):
    """A room with made-up participants on the draft as it stands; it goes by itself."""
    version = get_object_or_404(GuideVersion, pk=pk)
    if problems := problems_of(version):
        messages.error(request, " ".join(problems))
        return redirect(change_url(version))
    room = made_up_room(version, request.user)
    rehearse(room)
    return redirect("reflection:lead", key=room.key)


@item_view("se/<int:position>/", "walk", methods=READ, permission="view")
def walk_view(model_admin, request, version, position):
    """The steps as they are saved, one after the other, as on the phone of somebody who takes part."""
    version = GuideVersion.objects.with_steps().select_related("guide").get(pk=version.pk)
    step = step_or_404(version, position)
    pages = pages_of(request, version, step)
    context = {"draft": version, "steps": version.all_steps(), "step": step, "pages": pages}
    template = "admin/reflection/guideversion/walk.html"
    return model_admin.page(request, f"{version}: {step}", template, context)


@item_view("fil/", "file", methods=READ, permission="view")
def file_view(model_admin, request, version):
    """Also of a draft, for whoever may read it here."""
    return json_file(compass_files.to_file(version), version.guide.slug)


@custom_view("<int:pk>/udgiv/", "publish", may=permitted("change"), guards=[transaction.atomic])
def publish_view(model_admin, request, pk):
    """Show the draft beside the version it replaces; publish it when that is confirmed."""
    versions = GuideVersion.objects.with_steps()
    draft = get_object_or_404(versions.select_for_update(of=["self"]), pk=pk)
    if draft.is_published:
        messages.info(request, f"{draft} er allerede udgivet.")
        return redirect(change_url(draft))
    old = versions.published().filter(guide=draft.guide).order_by("-number").first()
    sections = compare(old, draft)
    shown = [[line.label, line.old, line.new] for section in sections for line in section.lines]
    form = ConfirmForm(request.POST or None, shown=shown, problems=problems_of(draft))
    if form.is_valid():
        return _publish(model_admin, request, draft)
    everything = "alt" in request.GET
    context = {
        "old": old,
        "draft": draft,
        "form": form,
        "everything": everything,
        "warnings": warnings(old, draft),
        "sections": sections if everything else changed(sections),
    }
    title, template = f"Udgiv {draft}", "admin/reflection/guideversion/publish.html"
    return model_admin.page(request, title, template, context, status=200)


def _publish(model_admin, request, draft):
    draft.publish()
    model_admin.log_change(request, draft, "Udgivet.")
    model_admin.record_act(request, What.PUBLISHED, draft)
    messages.success(request, f"{draft} er udgivet. Nye refleksioner bruger den fra nu af.")
    return redirect(change_url(draft))


VERSIONS = Feature([draft_view, again_view, publish_view, rehearse_view, walk_view, file_view])


@admin.register(GuideVersion)
class GuideVersionAdmin(GuardedAdmin):
    features = [VERSIONS]
    form = VersionForm
    list_display = ["__str__", "status", "created_at"]
    list_filter = ["guide"]
    list_select_related = ["guide"]
    readonly_fields = ["guide", "number"]
    actions = None
    inlines = [EndLineInline, StepInline]
    save_on_top = True
    help_texts = {
        "intro": MARKDOWN,
        "minutes_group": "Skriv det som en læser ser det, fx 60–75.",
    }
    fieldsets = [
        (None, {"fields": ["guide", "number", "for_whom", "intro", "minutes_solo", "minutes_group"]}),
        ("Hvem svarer, og hvordan slutter det?", {"fields": ["for_one", "together", "guesses", "ending"]}),
        ("Ophav", {"fields": PROVENANCE}),
    ]

    def get_form(self, request, obj=None, change=False, **kwargs):
        fields = flatten_fieldsets(super().get_fieldsets(request, obj))
        return super().get_form(request, obj, change, **{**kwargs, "fields": fields})

    def get_fieldsets(self, request, obj=None):
        titles = {"da": "Kompassets egne tekster", "en": "Egne tekster, engelsk"}
        own = [
            (title, {"fields": [field_name(key, language) for key in obj.texts], "classes": ["collapse"]})
            for language, title in titles.items()
            if obj and obj.texts and not obj.is_published
        ]
        return [*super().get_fieldsets(request, obj), *own]

    @admin.display(description="status", ordering="published_at")
    def status(self, version):
        return status_of(version)

    # --- A published version is only read ---

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and not (obj and obj.is_published)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and not (obj and obj.is_published)

    def get_inlines(self, request, obj):
        return self.inlines if self.has_change_permission(request, obj) else []

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Rehearsals on the draft as it was go: their answers are to questions that may not stay."""
        version = self._to_change(request, object_id)
        if version and version.is_published:
            return refused(request, version)
        if version:
            end_rehearsals(version)
        return super().change_view(request, object_id, form_url, extra_context)

    def get_deleted_objects(self, objs, request):
        """Rehearsals go with their draft, so they are not in its way."""
        with trial():
            for version in objs:
                end_rehearsals(version)
            return super().get_deleted_objects(objs, request)

    def delete_model(self, request, obj):
        end_rehearsals(obj)
        super().delete_model(request, obj)

    def delete_view(self, request, object_id, extra_context=None):
        version = self._to_change(request, object_id)
        if version and version.is_published:
            return refused(request, version)
        return super().delete_view(request, object_id, extra_context)

    def _to_change(self, request, object_id) -> GuideVersion | None:
        """What a form is sent to by somebody who may change versions, as far as they can be changed."""
        is_form = request.method == "POST" and self.has_change_permission(request)
        return self.get_object(request, unquote(object_id)) if is_form else None

    # --- The page of a version ---

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj.is_published:
            whole = GuideVersion.objects.with_steps().get(pk=obj.pk)
            context["published"] = PUBLISHED.format(version=obj)
            context["sections"] = compare(whole, whole)
            context["draft"] = obj.guide.versions.filter(published_at=None).first()
            context["is_earlier"] = obj.guide.versions.published().filter(number__gt=obj.number).exists()
        else:
            context["shelves"] = [_keys("Dilemmaer", Dilemma), _keys("Historier", Story)]
        return super().render_change_form(request, context, add, change, form_url, obj)

    def response_change(self, request, obj):
        if "_compare" in request.POST:
            return redirect(self.address(obj, "publish"))
        return super().response_change(request, obj)


@receiver(is_needed, sender=Dilemma)
@receiver(is_needed, sender=Story)
def published_versions_at(sender, item, **kwargs) -> list[str]:
    """Those whose steps point at the item: nobody can change them, so it must stay."""
    return [
        format_html('{}, som er udgivet: <a href="{}">{}</a>', item, change_url(version), version)
        for version in versions_pointing_at(item).select_related("guide")
    ]


def _keys(title: str, model) -> dict:
    return {"title": title, "items": model.objects.order_by("key")[:LONGEST_LIST]}


def problems_of(version: GuideVersion) -> list[str]:
    """What keeps a draft from being published, in sentences."""
    steps = list(version.steps.all())
    if not steps:
        return ["Kladden har ingen trin."]
    missing = {
        GuideVersion.Ending.DECISION: (2, "Skriv mindst to ord at vælge mellem i slutningen."),
        GuideVersion.Ending.PLAN: (1, "Skriv mindst én linje til planen i slutningen."),
    }
    least, words = missing.get(GuideVersion.Ending(version.ending), (0, ""))
    problems = [words] if version.end_lines.count() < least else []
    scales = Prompt.objects.filter(step__version=version, kind=Prompt.Kind.SCALE)
    if version.guesses and not scales.exists():
        problems.append("Ingen trin har et udsagn fra 1 til 5 at gætte på.")
    nothing = "har ikke noget at svare på. Tilføj et udsagn eller en linje."
    empty = [step for step in steps if not step.answered_prompts]
    return [*problems, *(f"Trin {step.position}, «{step.title}», {nothing}" for step in empty)]
