"""Lists of what is published: filters by state, age and language, and what waits for an editor."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.contrib import admin
from django.db import models
from django.utils import timezone

from publishing.publishable import State
from publishing.translated import translated_names

NO_LONGER_LOOKED_AT = timedelta(days=365)


class StatusFilter(admin.SimpleListFilter):
    title = "status"
    parameter_name = "status"

    def lookups(self, request, model_admin):
        return State.choices

    def queryset(self, request, queryset):
        return queryset.in_state(self.value()) if self.value() in State.values else queryset


class NotSeenFilter(admin.SimpleListFilter):
    title = "sidst ændret"
    parameter_name = "gammel"

    def lookups(self, request, model_admin):
        return [("ja", "Ikke set på i et år")]

    def queryset(self, request, queryset):
        return queryset.filter(not_seen()) if self.value() == "ja" else queryset


def not_seen() -> models.Q:
    return models.Q(updated_at__lt=timezone.now() - NO_LONGER_LOOKED_AT)


class NoEnglishFilter(admin.SimpleListFilter):
    title = "engelsk"
    parameter_name = "engelsk"

    def lookups(self, request, model_admin):
        return [("mangler", "Mangler engelsk"), ("gammelt", "Engelsk ældre end dansk")]

    def queryset(self, request, queryset):
        conditions = {"mangler": no_english(queryset.model), "gammelt": ENGLISH_BEHIND}
        return queryset.filter(conditions.get(self.value(), models.Q()))


ENGLISH_BEHIND = models.Q(english_behind__len__gt=0)


def no_english(model) -> models.Q:
    """A Danish text without its English twin; never true of a model that has no twins."""
    lacks = models.Q(pk__in=[])
    for name in translated_names(model):
        lacks |= models.Q(**{f"{name}__gt": "", f"{name}_en": ""})
    return lacks


@dataclass(frozen=True)
class TaskKind:
    """Something that waits for an editor: which rows, and the query by which the list shows them."""

    label: str
    condition: Callable[[type[models.Model]], models.Q]
    query: str
