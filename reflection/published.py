"""The compasses as everybody may read them."""

from django.http import Http404

from compass.content_version import last_heard
from reflection.compasses import registered
from reflection.models import Guide, GuideVersion


def newest_version(slug: str) -> GuideVersion:
    """The newest published version of a guide, with the guide; raises Http404 where there is none."""
    published = GuideVersion.objects.published().filter(guide__is_retired=False).select_related("guide")
    try:
        return published.filter(guide__slug=slug).latest("number")
    except GuideVersion.DoesNotExist:
        raise Http404 from None


def usable_guides():
    return Guide.objects.filter(versions__in=GuideVersion.objects.published(), is_retired=False).distinct()


class _Menu:
    """The guides beyond the registered ones, as this process last read them, and the content's marks then."""

    further: list[Guide] = []
    read_at: tuple[str, str] | None = None


def menu(*, is_fresh: bool) -> list[tuple[str, str]]:
    """Address and words of each compass: those that apps have registered first, as they registered.

    Public pages ask once after each change of the content; the pages of who is logged in show what this
    process has seen, and cost nothing.
    """
    homes = {compass.slug: compass.home for compass in registered() if compass.home}
    heard = last_heard()
    if is_fresh and (heard is None or heard != _Menu.read_at):
        _Menu.further, _Menu.read_at = list(usable_guides().exclude(slug__in=homes)), heard
    further = [(guide.get_absolute_url(), str(guide.local.title)) for guide in _Menu.further]
    return [*(home.page for home in homes.values()), *further]
