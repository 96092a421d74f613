"""Lists of what is published: filters by state, age and language, and what waits for an editor."""

from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

from django.contrib import admin
from django.db import models
from django.utils import timezone

from publishing.publishable import State, in_state
from publishing.translated import translated_names

NO_LONGER_LOOKED_AT = timedelta(days=365)
Condition = Callable[[type[models.Model]], models.Q]


class TaskKind(NamedTuple):
    """Something that waits for an editor: which rows, and the query by which the list shows them."""

    label: str
    condition: Condition
    query: str

    def among_public(self) -> "TaskKind":
        both = f"status={State.PUBLISHED}&{self.query}"
        return TaskKind(self.label, lambda model: in_state(State.PUBLISHED) & self.condition(model), both)


class ConditionFilter(admin.SimpleListFilter):
    """Choices with a name, each with the condition for a model."""

    conditions: dict[str, tuple[str, Condition]]

    def lookups(self, request, model_admin):
        return [(value, label) for value, (label, _condition) in self.conditions.items()]

    def queryset(self, request, queryset):
        chosen = self.conditions.get(self.value())
        return queryset.filter(chosen[1](queryset.model)) if chosen else queryset

    @classmethod
    def task(cls, value: str) -> TaskKind:
        return TaskKind(*cls.conditions[value], f"{cls.parameter_name}={value}")


def not_seen(_model) -> models.Q:
    return models.Q(updated_at__lt=timezone.now() - NO_LONGER_LOOKED_AT)


def no_english(model) -> models.Q:
    """A Danish text without its English twin; never true of a model that has no twins."""
    lacks = models.Q(pk__in=[])
    for name in translated_names(model):
        lacks |= models.Q(**{f"{name}__gt": "", f"{name}_en": ""})
    return lacks


class StatusFilter(ConditionFilter):
    title = "status"
    parameter_name = "status"
    conditions = {state.value: (state.label, lambda _model, state=state: in_state(state)) for state in State}


class NotSeenFilter(ConditionFilter):
    title = "sidst ændret"
    parameter_name = "gammel"
    conditions = {"ja": ("Ikke set på i et år", not_seen)}


class NoEnglishFilter(ConditionFilter):
    title = "engelsk"
    parameter_name = "engelsk"
    conditions = {
        "mangler": ("Mangler engelsk", no_english),
        "gammelt": ("Engelsk ældre end dansk", lambda _model: models.Q(english_behind__len__gt=0)),
    }
