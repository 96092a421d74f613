"""«Din side»: what waits for somebody with an account, what runs, what comes, and where to begin."""

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.guards import staff_required
from reflection.compasses import registered
from reflection.models import Agreement, Reflection
from reflection.privacy.own_data import participants_of

SHOWN = 5


@require_safe
@staff_required
def home(request):
    dated = Agreement.objects.open_and_dated_of(request.user)
    today = timezone.localdate()
    running = participants_of(request.user).filter(is_archived=False, is_put_out=False)
    running = running.exclude(reflection__mode=Reflection.Mode.SOLO)
    context = {
        "waiting": dated.filter(due__lte=today)[:SHOWN],
        "coming": dated.filter(due__gt=today)[:SHOWN],
        "running": running.exclude(reflection__phase=Reflection.Phase.CONCLUDED)[:SHOWN],
        "compasses": registered(),
        "of_compasses": [html for compass in registered() if (html := compass.waiting(request.user))],
    }
    return render(request, "reflection/home.html", context)
