"""Pictures and files: for everybody once a story that shows them is, and before that for editors."""

import re

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header

from compass.models import Attachment, Picture, Story
from compass.ranges import file_response
from publishing.admin.references import rows_with
from publishing.public_pages import public

PICTURE = re.compile(r"(?P<stem>[0-9a-f]{16})(-[a-z0-9-]+)?\.webp", re.ASCII)
TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


@public
def picture(request, name):
    match = PICTURE.fullmatch(name)
    if match is None:
        raise Http404
    picture = get_object_or_404(Picture, file=f"billeder/{match['stem']}.webp")
    whole = [picture.file.name] if request.user.is_staff else []  # the form of the admin links to it
    if f"billeder/{name}" not in [*picture.names, *whole] or not (
        _may_see(request.user, picture=picture) or any(rows_with(picture.stem, only_public=True))
    ):
        raise Http404
    return _file(request, f"billeder/{name}", "image/webp")


@public
def attachment(request, name):
    """Always saved by the browser and never opened beside the portal's own pages."""
    attachment = get_object_or_404(Attachment, file=f"filer/{name}")
    if not _may_see(request.user, attachments=attachment):
        raise Http404
    response = _file(request, attachment.file.name, TYPES[attachment.kind])
    response.headers["Content-Disposition"] = content_disposition_header(True, name)
    return response


def _may_see(user, **used) -> bool:
    return user.is_staff or Story.objects.published().filter(**used).exists()


def _file(request, name: str, content_type: str):
    try:
        response = file_response(request, name)
    except FileNotFoundError:
        raise Http404 from None
    if "Content-Type" in response.headers:
        response.headers["Content-Type"] = content_type
    return response
