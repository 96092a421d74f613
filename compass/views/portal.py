"""What a municipality looks like: its colours, its logo and the picture for whoever shares a page."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from compass import social_picture as pictures
from compass.ranges import file_response
from publishing.colours import style_sheet
from publishing.portal import current_portal
from publishing.public_pages import public


@public
def colours(request, mark):
    """A page that was kept a moment too long asks for those before, and is led to these."""
    portal = current_portal()
    if mark != portal.look:
        return redirect("compass:colours", portal.look)
    return HttpResponse(style_sheet(portal), content_type="text/css; charset=utf-8")


@public
def logo(request, mark):
    portal = current_portal()
    if not portal.logo:
        raise Http404
    if mark != portal.look:
        return redirect("compass:logo", portal.look)
    return HttpResponse(portal.logo, content_type="image/svg+xml")


@public
def social_picture(request, mark):
    if mark != pictures.mark(current_portal()):
        return redirect("compass:social_picture", pictures.mark(current_portal()))
    return file_response(request, pictures.name())
