"""The picture that is shown where somebody shares a page (1200 × 630): drawn from who we are, and kept."""

import json
from hashlib import blake2b
from threading import Lock

import typst
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from compass import rose
from publishing.colours import DEEP, PATHS_ON_DEEP
from publishing.portal import Portal, current_portal

FOLDER = "udseende"
TEMPLATE = settings.BASE_DIR / "templates" / "compass/social_picture.typ"
drawing = Lock()


def content(portal: Portal) -> dict:
    """All that stands in it, in Danish: a page is shared with its own title beside it."""
    return {
        "promise": [portal.promise, portal.promise_rest],
        "names": [portal.name, portal.municipality],
        "ground": portal.main_colour or DEEP,
        "points": rose.number_of_points(),
    }


def mark(portal: Portal) -> str:
    """Another one for another picture."""
    return blake2b(json.dumps(content(portal)).encode(), digest_size=8).hexdigest()


def name() -> str:
    """Of the file as it should be now, which is drawn where it is not there; no other is kept."""
    portal = current_portal()
    wanted = f"{FOLDER}/{mark(portal)}.png"
    with drawing:
        if not default_storage.exists(wanted):
            for old in default_storage.listdir(FOLDER)[1] if default_storage.exists(FOLDER) else []:
                default_storage.delete(f"{FOLDER}/{old}")
            default_storage.save(wanted, ContentFile(_drawn(portal)))
    return wanted


def _drawn(portal: Portal) -> bytes:
    drawn = content(portal)
    drawn["rose"] = _rose(drawn["ground"], drawn["points"])
    return typst.compile(
        str(TEMPLATE),
        format="png",
        ppi=72.0,
        ignore_system_fonts=True,
        sys_inputs={"content": json.dumps(drawn)},
    )


def _rose(ground: str, number: int) -> str:
    drawn = "".join(
        f'<g stroke-linejoin="round" stroke="{colour}"><path fill="{colour}" d="{point.dark}"/>'
        f'<path fill="{ground}" d="{point.light}"/></g>'
        for point, colour in ((point, PATHS_ON_DEEP[point.colour - 1]) for point in rose.points_of(number))
    )
    rings = "".join(
        f'<circle cx="200" cy="200" r="{radius}" fill="none" stroke="#ffffff" stroke-opacity=".35"/>'
        for radius in (196, 118)
    )
    hub = f'<circle cx="200" cy="200" r="15" fill="#f7f4ed" stroke="{ground}" stroke-width="3"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400">{rings}{drawn}{hub}</svg>'
