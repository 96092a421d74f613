"""A municipality's logo: an SVG of shapes alone, whoever made the file.

nh3 keeps what is named here and drops the rest – scripts, styles, links, pictures from elsewhere. The logo is
shown as a picture, in which a browser runs and fetches nothing.
"""

import re

import nh3
from django.core.exceptions import ValidationError

LARGEST = 60_000  # characters
SHAPES = {
    "svg", "g", "defs", "title", "desc", "path", "circle", "ellipse", "rect", "line", "polyline", "polygon",
    "linearGradient", "radialGradient", "stop", "clipPath", "mask",
}  # fmt: skip
ATTRIBUTES = {
    "xmlns", "viewBox", "id", "d", "cx", "cy", "r", "rx", "ry", "x", "y", "x1", "y1", "x2", "y2", "width",
    "height", "points", "fill", "fill-opacity", "fill-rule", "clip-rule", "clip-path", "mask", "opacity",
    "stroke", "stroke-width", "stroke-linecap", "stroke-linejoin", "stroke-opacity", "transform", "offset",
    "stop-color", "stop-opacity", "gradientUnits", "gradientTransform", "fx", "fy", "clipPathUnits",
}  # fmt: skip
ELSEWHERE = re.compile(r"url\(\s*['\"]?(?!#)", re.IGNORECASE)


def cleaned_svg(text: str) -> str:
    return nh3.clean(
        text,
        tags=SHAPES,
        attributes={"*": ATTRIBUTES},
        clean_content_tags={"script", "style"},
        attribute_filter=lambda tag, name, value: None if ELSEWHERE.search(value) else value,
    ).strip()


def checked_svg(text: str):
    if len(text) > LARGEST:
        raise ValidationError(f"Logoet fylder for meget. Det må være {LARGEST // 1000} kB.")
    clean = cleaned_svg(text)
    if not clean.startswith("<svg") or "viewBox" not in clean.partition(">")[0]:
        raise ValidationError("Logoet skal være en SVG med viewBox. Gem det som «almindelig SVG».")
