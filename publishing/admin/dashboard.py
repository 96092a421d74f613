"""What waits for an editor: counted for the models that they may change, with links to the lists."""

from typing import NamedTuple

from django.contrib.admin import AdminSite
from django.db.models import Count

from publishing.admin.filters import NoEnglishFilter, NotSeenFilter, StatusFilter
from publishing.admin.publishable_admin import PublishableAdmin
from publishing.publishable import State

TASKS = [
    StatusFilter.task(State.REVIEW),
    StatusFilter.task(State.SCHEDULED),
    NotSeenFilter.task("ja").among_public(),
    NoEnglishFilter.task("mangler").among_public(),
    NoEnglishFilter.task("gammelt").among_public(),
]


class Task(NamedTuple):
    label: str
    kind: str
    number: int
    url: str


def tasks_for(request, site: AdminSite) -> list[Task]:
    """One query for each kind of content; what there is none of is left out."""
    found = []
    for one in editable(request, site):
        kinds = [*TASKS, *one.own_tasks]
        counts = {
            f"task_{number}": Count("pk", filter=kind.condition(one.model), distinct=True)
            for number, kind in enumerate(kinds)
        }
        numbers = one.model._default_manager.aggregate(**counts).values()
        names, url = [one.opts.verbose_name, one.opts.verbose_name_plural], one.list_address()
        found += [
            Task(kind.label, str(names[number > 1]), number, f"{url}?{kind.query}")
            for kind, number in zip(kinds, numbers, strict=True)
            if number
        ]
    order = list(dict.fromkeys(task.label for task in found))
    return sorted(found, key=lambda task: order.index(task.label))


def editable(request, site: AdminSite) -> list[PublishableAdmin]:
    registered = site._registry.values()
    return [
        one for one in registered if isinstance(one, PublishableAdmin) and one.has_change_permission(request)
    ]
