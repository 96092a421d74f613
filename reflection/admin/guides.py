"""Guides: a draft is edited on one page, compared with what it replaces, and published as a version."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.views.decorators.http import require_http_methods, require_POST

from compass.models import Dilemma, Story
from privacy.models import What
from publishing.admin import MARKDOWN, PROVENANCE, ContentForm, Guarded, GuardedForm, HelpTexts, english
from publishing.admin.snapshots import row_of
from publishing.admin.unpublishing import PINNED_BY
from reflection.admin.comparison import Section, compare, fingerprint
from reflection.admin.forms import StepForm, StepFormSet
from reflection.admin.texts import field_names, form_for
from reflection.models import Guide, GuideVersion, Step
from reflection.models.guides import versions_pointing_at

PUBLISHED = (
    "{version} er udgivet, og refleksioner bygger på den. Derfor kan den hverken ændres eller slettes. "
    "Lav en kladde ud fra den, ret i kladden, og udgiv den som en ny udgave."
)
LONGEST_LIST = 300


@admin.register(Guide)
class GuideAdmin(Guarded, admin.ModelAdmin):
    """A guide is all that a compass needs. A new one begins with a draft; published, everybody can use it."""

    form = ContentForm
    list_display = ["title", "slug", "current"]
    search_fields = ["title"]
    help_texts = {
        "standfirst": "Én eller to sætninger om, hvad kompasset kan bruges til.",
        "slug": "Kompassets adresse bliver /kompasser/adresse/. Den kan ikke ændres bagefter.",
    }
    fieldsets = [
        (None, {"fields": ["title", "standfirst"]}),
        english("title_en", "standfirst_en"),
        ("Udgaver", {"fields": ["slug", "all_versions"]}),
    ]
    add_fieldsets = [
        (None, {"fields": ["title", "standfirst", "slug"]}),
        english("title_en", "standfirst_en"),
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("versions")

    def get_readonly_fields(self, request, obj=None):
        return ["slug", "all_versions"] if obj else []

    def get_fieldsets(self, request, obj=None):
        return super().get_fieldsets(request, obj) if obj else self.add_fieldsets

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if not change:
            obj.first_draft()

    def response_add(self, request, obj, post_url_continue=None):
        messages.success(request, "Kompasset er lavet. Her er kladden til den første udgave.")
        return redirect(_url(obj.versions.get()))

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description="bruges nu")
    def current(self, guide):
        published = [version for version in guide.versions.all() if version.is_published]
        return f"Udgave {published[0].number}" if published else "Ingen udgave endnu"

    @admin.display(description="udgaver")
    def all_versions(self, guide):
        links = ((_url(version), version, status_of(version)) for version in guide.versions.all())
        return format_html_join(", ", '<a href="{}">{}</a> ({})', links)


def status_of(version: GuideVersion) -> str:
    if not version.is_published:
        return "Kladde"
    return f"Udgivet {date_format(version.published_at, 'j. F Y')}"


def _url(version: GuideVersion, page: str = "change") -> str:
    return reverse(f"admin:reflection_guideversion_{page}", args=[version.pk])


class StepInline(HelpTexts, admin.StackedInline):
    model = Step
    form = StepForm
    formset = StepFormSet
    template = "admin/reflection/guideversion/steps.html"
    extra = 1

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("dilemmas", "stories")


class VersionForm(GuardedForm):
    """The draft with its steps and everything in them: whoever changed any of it, stands in the way."""

    def stored_rows(self):
        whole = GuideVersion.objects.with_steps().get(pk=self.instance.pk)
        steps = list(whole.steps.all())
        parts = [part for step in steps for part in [*step.prompts.all(), *step.variants.all()]]
        return [row_of(one) for one in [whole, *steps, *parts]]


class ConfirmForm(forms.Form):
    """Publishes what was compared, and not what somebody has written since."""

    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args, sections: list[Section], problems: list[str], **kwargs):
        self.problems = problems
        self.current = fingerprint(sections)
        super().__init__(*args, initial={"seen": self.current}, **kwargs)

    def clean(self):
        if self.problems:
            raise forms.ValidationError(self.problems)
        if self.cleaned_data.get("seen") != self.current:
            raise forms.ValidationError("Kladden er ændret, siden du så den her. Se den igen nedenfor.")
        return self.cleaned_data


@admin.register(GuideVersion)
class GuideVersionAdmin(Guarded, admin.ModelAdmin):
    form = VersionForm
    list_display = ["__str__", "status", "created_at"]
    list_filter = ["guide"]
    list_select_related = ["guide"]
    readonly_fields = ["guide", "number"]
    actions = None
    inlines = [StepInline]
    save_on_top = True
    help_texts = {
        "intro": MARKDOWN,
        "minutes_group": "Skriv det som en læser ser det, fx 60–75.",
    }
    fieldsets = [
        (None, {"fields": ["guide", "number", "intro", "minutes_solo", "minutes_group"]}),
        english("intro_en", "provenance_note_en"),
        ("Ophav", {"fields": PROVENANCE}),
    ]

    def get_form(self, request, obj=None, change=False, **kwargs):
        if self._has_texts(obj):
            kwargs["form"] = form_for(obj, self.form)
        return super().get_form(request, obj, change, **kwargs)

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        if not self._has_texts(obj):
            return fieldsets
        own = {"fields": field_names(obj, "da"), "classes": ["collapse"]}
        in_english = {"fields": field_names(obj, "en"), "classes": ["collapse"]}
        return [*fieldsets, ("Kompassets egne tekster", own), ("Egne tekster, engelsk", in_english)]

    def _has_texts(self, version) -> bool:
        return bool(version and version.texts and not version.is_published)

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
        return self._refusal(request, object_id) or super().change_view(
            request, object_id, form_url, extra_context
        )

    def delete_view(self, request, object_id, extra_context=None):
        return self._refusal(request, object_id) or super().delete_view(request, object_id, extra_context)

    def _refusal(self, request, object_id):
        """An answer to whoever sends a form to a published version, or None."""
        if request.method != "POST" or not self.has_change_permission(request):
            return None
        version = self.get_queryset(request).published().filter(pk=object_id).first()
        if version:
            messages.error(request, PUBLISHED.format(version=version))
            return redirect(_url(version))
        return None

    # --- The page of a version ---

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj.is_published:
            whole = GuideVersion.objects.with_steps().get(pk=obj.pk)
            context["published"] = PUBLISHED.format(version=obj)
            context["sections"] = compare(whole, whole)
            context["draft"] = obj.guide.versions.filter(published_at=None).first()
        else:
            context["shelves"] = [_keys("Dilemmaer", Dilemma), _keys("Historier", Story)]
        return super().render_change_form(request, context, add, change, form_url, obj)

    def response_change(self, request, obj):
        if "_compare" in request.POST:
            return redirect(_url(obj, "publish"))
        return super().response_change(request, obj)

    # --- From version to draft to version ---

    def get_urls(self):
        own = [
            path("<int:pk>/kladde/", self._guarded(self.draft_view), name=_name("draft")),
            path("<int:pk>/udgiv/", self._guarded(self.publish_view), name=_name("publish")),
        ]
        return [*own, *super().get_urls()]

    def _guarded(self, view):
        def guarded(request, pk):
            if not self.has_change_permission(request):
                raise PermissionDenied
            return view(request, pk)

        return self.admin_site.admin_view(guarded)

    @method_decorator(require_POST)
    def draft_view(self, request, pk):
        version = get_object_or_404(GuideVersion, pk=pk)
        try:
            draft = version.new_draft()
        except IntegrityError:  # one draft per guide
            draft = version.guide.versions.get(published_at=None)
            messages.warning(request, "Der er allerede en kladde. Her er den.")
        else:
            self.log_addition(request, draft, f"Lavet ud fra udgave {version.number}.")
            messages.success(request, f"Kladden er en kopi af udgave {version.number}. Ret den her.")
        return redirect(_url(draft))

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    @method_decorator(transaction.atomic)
    def publish_view(self, request, pk):
        """Show the draft beside the version it replaces; publish it when that is confirmed."""
        versions = GuideVersion.objects.with_steps()
        draft = get_object_or_404(versions.select_for_update(of=["self"]), pk=pk)
        if draft.is_published:
            messages.info(request, f"{draft} er allerede udgivet.")
            return redirect(_url(draft))
        old = versions.published().filter(guide=draft.guide).order_by("-number").first()
        sections = compare(old, draft)
        form = ConfirmForm(request.POST or None, sections=sections, problems=problems_of(draft))
        if form.is_valid():
            return self._publish(request, draft)
        return self._comparison_page(request, old, draft, sections, form)

    def _publish(self, request, draft):
        draft.publish()
        self.log_change(request, draft, "Udgivet.")
        self.record_act(request, What.PUBLISHED, draft)
        messages.success(request, f"{draft} er udgivet. Nye refleksioner bruger den fra nu af.")
        return redirect(_url(draft))

    def _comparison_page(self, request, old, draft, sections, form):
        everything = "alt" in request.GET
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"Udgiv {draft}",
            "old": old,
            "draft": draft,
            "form": form,
            "everything": everything,
            "sections": sections if everything else [part for part in sections if part.changes],
        }
        return TemplateResponse(request, "admin/reflection/guideversion/publish.html", context)


def published_versions_at(item) -> list[str]:
    """Those whose steps point at the item: nobody can change them, so it must stay."""
    versions = versions_pointing_at(item).select_related("guide") if isinstance(item, Dilemma | Story) else []
    return [
        format_html('{}, som er udgivet: <a href="{}">{}</a>', item, _url(version), version)
        for version in versions
    ]


PINNED_BY.append(published_versions_at)


def _name(page: str) -> str:
    return f"reflection_guideversion_{page}"


def _keys(title: str, model) -> dict:
    return {"title": title, "items": model.objects.order_by("key")[:LONGEST_LIST]}


def problems_of(version: GuideVersion) -> list[str]:
    """What keeps a draft from being published, in sentences."""
    steps = list(version.steps.all())
    if not steps:
        return ["Kladden har ingen trin."]
    return [
        f"Trin {step.position}, «{step.title}», har ikke noget at svare på. Tilføj et udsagn eller en linje."
        for step in steps
        if not step.answered_prompts
    ]
