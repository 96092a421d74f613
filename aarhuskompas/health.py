"""What a load balancer asks: is the process alive, and can it answer pages?"""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpResponse
from django.views.decorators.http import require_safe


@require_safe
def live(request):
    return HttpResponse(status=204)


@require_safe
def ready(request):
    return HttpResponse(status=204 if _has_current_database() else 503)


def _has_current_database() -> bool:
    try:
        executor = MigrationExecutor(connection)
        return not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return False
