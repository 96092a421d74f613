"""What waits for an editor: counted for the models that they may change, with links to the lists."""

from typing import NamedTuple

from django.contrib.admin import AdminSite
from django.db.models import Count
from django.urls import reverse

from publishing.admin.filters import ENGLISH_BEHIND, TaskKind, no_english, not_seen
from publishing.admin.publishable_admin import PublishableAdmin
from publishing.publishable import State, in_state

TASKS = [
    TaskKind("Til gennemsyn", lambda model: in_state(State.REVIEW), "status=gennemsyn"),
    TaskKind("Planlagt", lambda model: in_state(State.SCHEDULED), "status=planlagt"),
    TaskKind(
        "Ikke set på i et år",
        lambda model: in_state(State.PUBLISHED) & not_seen(),
        "status=offentlig&gammel=ja",
    ),
    TaskKind(
        "Mangler engelsk",
        lambda model: in_state(State.PUBLISHED) & no_english(model),
        "status=offentlig&engelsk=mangler",
    ),
    TaskKind(
        "Engelsk ældre end dansk",
        lambda model: in_state(State.PUBLISHED) & ENGLISH_BEHIND,
        "status=offentlig&engelsk=gammelt",
    ),
]


class Task(NamedTuple):
    label: str
    kind: str
    number: int
    url: str


def tasks_for(request, site: AdminSite) -> list[Task]:
    """One query for each kind of content; what there is none of is left out."""
    found = [task for one in editable(request, site) for task in _tasks_of(one)]
    order = list(dict.fromkeys(task.label for task in found))
    return sorted(found, key=lambda task: order.index(task.label))


def editable(request, site: AdminSite) -> list[PublishableAdmin]:
    registered = site._registry.values()
    return [
        one for one in registered if isinstance(one, PublishableAdmin) and one.has_change_permission(request)
    ]


def _tasks_of(one: PublishableAdmin) -> list[Task]:
    kinds = [*TASKS, *one.own_tasks]
    counts = {
        f"task_{number}": Count("pk", filter=kind.condition(one.model), distinct=True)
        for number, kind in enumerate(kinds)
    }
    numbers = one.model._default_manager.aggregate(**counts)
    url = reverse(f"admin:{one.page_name('changelist')}")
    name = str(one.opts.verbose_name_plural)
    told = zip(kinds, numbers.values(), strict=True)
    return [Task(kind.label, name, number, f"{url}?{kind.query}") for kind, number in told if number]
