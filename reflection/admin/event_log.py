"""«Hændelser»: who did what in the whole portal, to read – and a few by chance, to check."""

from datetime import timedelta

from django.apps import apps
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format

from accounts.guards import fresh_login_required
from privacy.events import record
from privacy.models import Event, What, Why
from publishing.admin import Feature, ReadOnlyAdmin, custom_view
from publishing.admin.custom_views import READ, permitted
from publishing.admin.filters import ConditionFilter
from publishing.danish_order import danish_key
from publishing.shortcuts import json_file
from reflection.forms.autosave import post_data, status_of
from reflection.privacy.subject_access import SubjectForm, access_report

SAMPLE, SAMPLE_DAYS = 20, 90
MONTHS = 24


class WhatFilter(ConditionFilter):
    title = parameter_name = "hvad"
    conditions = {what.value: (what.label, lambda _model, what=what: models.Q(what=what)) for what in What}


class ThingFilter(admin.SimpleListFilter):
    title = "hvilken slags"
    parameter_name = "slags"

    def lookups(self, request, model_admin):
        """Only what something has happened to."""
        happened = set(Event.objects.values_list("thing", flat=True).distinct())
        found = [(model._meta.label_lower, name_of(model)) for model in apps.get_models()]
        return sorted(
            (choice for choice in found if choice[0] in happened),
            key=lambda choice: danish_key(str(choice[1])),
        )

    def queryset(self, request, queryset):
        return queryset.filter(thing=self.value()) if self.value() else queryset


class PeriodFilter(admin.SimpleListFilter):
    title = "hvornår"
    parameter_name = "tid"

    def lookups(self, request, model_admin):
        today = timezone.localdate()
        months = [today.replace(day=1)]
        while len(months) < MONTHS:
            months.append((months[-1] - timedelta(days=1)).replace(day=1))
        named = [(f"{month:%Y-%m}", date_format(month, "F Y")) for month in months]
        return [("1", "Det seneste døgn"), ("7", "De seneste 7 dage"), ("30", "De seneste 30 dage"), *named]

    def queryset(self, request, queryset):
        if self.value() not in dict(self.lookup_choices):
            return queryset
        year, _dash, month = self.value().partition("-")
        if month:
            return queryset.filter(at__year=int(year), at__month=int(month))
        return queryset.filter(at__gte=timezone.now() - timedelta(days=int(year)))


def name_of(model: type[models.Model]) -> str:
    return str(model._meta.verbose_name)


def with_names(events: models.QuerySet) -> models.QuerySet:
    """Each with the names of the accounts that its pseudonyms are, as long as there are such accounts."""

    def name(field: str):
        return models.Subquery(
            get_user_model().objects.filter(pseudonym=models.OuterRef(field)).values("name")[:1]
        )

    return events.annotate(who_name=name("who"), about_name=name("about"))


@custom_view("indsigt/", "access", may=permitted("view"), guards=[fresh_login_required])
def access_view(model_admin, request):
    """What is held about one person, as a file for the answer to a request for access."""
    form = SubjectForm(post_data(request))
    if form.is_valid():
        person = form.cleaned_data["who"]
        record(What.EXPORTED, who=request.user, about=person, why=Why.REQUEST, detail="indsigt")
        return json_file(access_report(person), "indsigt")
    title, template = "Svar på en anmodning om indsigt", "admin/privacy/event/access.html"
    return model_admin.page(request, title, template, {"form": form}, status=status_of(form))


@custom_view("stikproeve/", "sample", methods=READ, may=permitted("view"))
def sample_view(model_admin, request):
    """Looks of the last months, by chance: was each of them part of somebody's work?"""
    since = timezone.now() - timedelta(days=SAMPLE_DAYS)
    looks = Event.objects.filter(what=What.LOOKED, at__gte=since).exclude(why__in=[Why.ROOM, Why.LEADS])
    rows = [model_admin.row_of(event) for event in with_names(looks).order_by("?")[:SAMPLE]]
    context = {"rows": rows, "days": SAMPLE_DAYS, "most": SAMPLE}
    title = "Stikprøve af, hvem der har set hvad"
    return model_admin.page(request, title, "admin/privacy/event/sample.html", context)


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    """To read and to search; nobody changes anything, and reading it is an event too."""

    features = [Feature([access_view, sample_view])]
    permission = "privacy.read_events"
    looked_at_as = Why.SPOT_CHECK
    list_display = [
        "at", "who_label", "what_label", "about_label", "thing_label", "why_label", "detail", "number",
    ]  # fmt: skip
    list_display_links = None
    list_filter = [WhatFilter, PeriodFilter, ThingFilter]
    search_fields = ["key"]
    actions = None
    list_per_page = 50
    show_full_result_count = False
    change_list_template = "admin/privacy/event/change_list.html"

    def get_queryset(self, request):
        return with_names(super().get_queryset(request))

    def get_search_results(self, request, queryset, search_term):
        """A person by name or address, as somebody who did it or whom it was about; or a key."""
        text = search_term.strip()
        if not text:
            return queryset, False
        named = models.Q(name__icontains=text) | models.Q(email__iexact=text)
        people = get_user_model().objects.filter(named).values("pseudonym")
        found = models.Q(who__in=people) | models.Q(about__in=people) | models.Q(key=text)
        return queryset.filter(found | _by_pseudonym(text)), False

    def row_of(self, event) -> list[str]:
        labels = [self.who_label, self.about_label, self.thing_label, self.why_label]
        return [timezone.localtime(event.at).strftime("%d.%m.%Y %H.%M"), *(label(event) for label in labels)]

    # --- Columns ---

    @admin.display(description="hvem")
    def who_label(self, event):
        return event.who_name or ("uden konto eller slettet" if event.who else "–")

    @admin.display(description="hvad")
    def what_label(self, event):
        return What(event.what).label if event.what in What else event.what

    @admin.display(description="om hvem")
    def about_label(self, event):
        return event.about_name or ("uden konto eller slettet" if event.about else "")

    @admin.display(description="hvilken")
    def thing_label(self, event):
        if not event.thing:
            return ""
        return f"{name_of(apps.get_model(event.thing))} {event.key[:8]}".strip()

    @admin.display(description="som")
    def why_label(self, event):
        return Why(event.why).label if event.why in Why else event.why


def _by_pseudonym(text: str) -> models.Q:
    """A pseudonym that has been copied from somewhere."""
    try:
        pseudonym = Event._meta.get_field("who").to_python(text)
    except ValidationError:
        return models.Q(pk__in=[])
    return models.Q(who=pseudonym) | models.Q(about=pseudonym)
