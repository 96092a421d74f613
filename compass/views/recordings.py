"""The audio book: chapters to listen to and to read, and the sound itself."""

from django.db.models import Prefetch
from django.http import Http404
from django.shortcuts import get_object_or_404, render

from compass.models import Chapter, Recording
from compass.models.recordings import look_up_sizes
from compass.ranges import file_response
from publishing.portal import Section
from publishing.public_pages import in_section, public


@public
@in_section(Section.AUDIOBOOK)
def audiobook(request):
    chapters = Prefetch("chapters", Chapter.objects.select_related("recording"))
    recordings = Recording.objects.visible_to(request.user).prefetch_related(chapters)
    look_up_sizes([chapter for recording in recordings for chapter in recording.chapters.all()])
    own_first = sorted(recordings, key=lambda recording: not recording.is_read_in(request.LANGUAGE_CODE))
    return render(request, "compass/audiobook.html", {"recordings": own_first})


@public
@in_section(Section.AUDIOBOOK)
def chapter(request, slug, position):
    recording = get_object_or_404(Recording.objects.visible_to(request.user), slug=slug)
    chapters = {chapter.position: chapter for chapter in recording.chapters.select_related("recording")}
    if position not in chapters:
        raise Http404
    order = sorted(chapters)
    place = order.index(position)
    context = {
        "chapter": chapters[position],
        "before": chapters[order[place - 1]] if place else None,
        "after": chapters[order[place + 1]] if place + 1 < len(order) else None,
    }
    return render(request, "compass/chapter.html", context)


@public
@in_section(Section.AUDIOBOOK)
def sound(request, name):
    """A chapter's file; that of a draft only for editors."""
    visible = Recording.objects.visible_to(request.user)
    chapter = Chapter.objects.filter(audio=f"lyd/{name}", recording__in=visible).first()
    if chapter is None or chapter.size is None:
        raise Http404
    return file_response(request, chapter.audio.name)
