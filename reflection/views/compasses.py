"""A compass as everybody may read it and print it, and where one begins – alone or with a room.

Every published guide has these pages. A compass that an app has registered may have a public page and a
beginning of its own (Compass.home); then these lead there.
"""

import functools

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render

from accounts.guards import staff_required
from publishing.public_pages import public
from publishing.shortcuts import form_methods, json_file
from reflection.compass_files import to_file
from reflection.compasses import home_of
from reflection.forms.autosave import post_data, status_of
from reflection.forms.start import StartAloneForm, StartRoomForm
from reflection.models import Participant
from reflection.published_guides import newest_version

EARLIER_AT_MOST = 20


def guide_required(view):
    """Turn `slug` into the newest version of a guide that has no pages of its own; else lead to those."""

    @functools.wraps(view)
    def guarded(request, slug):
        if home := home_of(slug):
            return redirect(home.route, permanent=True)
        return view(request, newest_version(slug))

    return guarded


@public
@guide_required
def about(request, version):
    return render(request, "reflection/about.html", {"version": version})


@public
@guide_required
def blank(request, version):
    return render(request, "reflection/blank.html", {"version": version})


@public
def compass_file(request, slug):
    """Every published compass, for whoever wants it on a portal of their own: docs/compass-files.md."""
    return json_file(to_file(newest_version(slug)), slug)


@form_methods
@staff_required
@guide_required
def begin(request, version):
    """Begin alone at once, or go on to a room; and what one has begun before."""
    form = StartAloneForm(post_data(request))
    if version.for_one and form.is_valid():
        return redirect("reflection:room", key=form.save(version, request.user).key)
    mine = Participant.objects.of(request.user).filter(reflection__version__guide=version.guide)
    mine = mine.let_in().select_related("reflection").order_by("-reflection__created_at", "-pk")
    context = {"version": version, "form": form, "mine": mine[:EARLIER_AT_MOST]}
    return render(request, "reflection/begin.html", context, status=status_of(form))


@form_methods
@staff_required
@guide_required
def open_room(request, version):
    if not version.together:
        raise Http404
    form = StartRoomForm(post_data(request), version=version, user=request.user)
    if form.is_valid():
        room = form.save()
        if form.warning:
            messages.warning(request, form.warning)
        return redirect("reflection:lead", key=room.key)
    context = {"version": version, "form": form}
    return render(request, "reflection/open_room.html", context, status=status_of(form))
