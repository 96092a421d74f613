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
ENGLISH_BEHIND = models.Q(english_behind__len__gt=0)


class ConditionFilter(admin.SimpleListFilter):
    """Choices with a name, each with the condition for a model."""

    conditions: dict[str, tuple[str, Callable[[type[models.Model]], models.Q]]]

    def lookups(self, request, model_admin):
        return [(value, label) for value, (label, _condition) in self.conditions.items()]

    def queryset(self, request, queryset):
        chosen = self.conditions.get(self.value())
        return queryset.filter(chosen[1](queryset.model)) if chosen else queryset


class StatusFilter(admin.SimpleListFilter):
    title = "status"
    parameter_name = "status"

    def lookups(self, request, model_admin):
        return State.choices

    def queryset(self, request, queryset):
        return queryset.in_state(self.value()) if self.value() in State.values else queryset


class NotSeenFilter(ConditionFilter):
    title = "sidst ændret"
    parameter_name = "gammel"
    conditions = {"ja": ("Ikke set på i et år", lambda model: not_seen())}


class NoEnglishFilter(ConditionFilter):
    title = "engelsk"
    parameter_name = "engelsk"
    conditions = {
        "mangler": ("Mangler engelsk", lambda model: no_english(model)),
        "gammelt": ("Engelsk ældre end dansk", lambda model: ENGLISH_BEHIND),
    }


def not_seen() -> models.Q:
    return models.Q(updated_at__lt=timezone.now() - NO_LONGER_LOOKED_AT)


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
