"""What was seen and agreed: a page to print, and the same as files to keep."""

import functools

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from publishing.shortcuts import json_file
from reflection.minutes.content import is_readable, minutes_to_keep
from reflection.minutes.files import excel, for_sheet, parts_of, word
from reflection.minutes.pdf import pdf_response
from reflection.participation import participant_required, shows_others

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
@participant_required
@shows_others
def minutes(request, participant):
    """The room may still be open; a look alone has ended."""
    room = participant.reflection
    if not is_readable(participant):
        if room.is_solo:
            raise Http404
        return redirect("reflection:room", key=room.key)
    kept = minutes_to_keep(participant)
    context = {"participant": participant, "room": room, "minutes": kept, "parts": parts_of(kept)}
    return render(request, "reflection/minutes.html", context)


def file_of_minutes(view):
    """Turn `key` into what the page of the minutes shows to this visitor, and the name of a file of it.

    404 while it shows nothing.
    """

    @require_safe
    @participant_required
    @shows_others
    @functools.wraps(view)
    def guarded(request, participant):
        if not is_readable(participant):
            raise Http404
        return view(request, minutes_to_keep(participant), participant.reflection.file_name(_("referat")))

    return guarded


@file_of_minutes
def minutes_pdf(request, minutes, name):
    return pdf_response(request, "reflection/print/minutes.typ", for_sheet(minutes), f"{name}.pdf")


@file_of_minutes
def minutes_word(request, minutes, name):
    return _download(word(minutes), WORD, f"{name}.docx")


@file_of_minutes
def minutes_excel(request, minutes, name):
    return _download(excel(minutes), EXCEL, f"{name}.xlsx")


@file_of_minutes
def minutes_json(request, minutes, name):
    return json_file(minutes, name)


def _download(body: bytes, content_type: str, filename: str) -> HttpResponse:
    headers = {"Content-Disposition": content_disposition_header(True, filename)}
    return HttpResponse(body, content_type=content_type, headers=headers)
