from compass.admin import (
    dilemmas,
    framework,
    pages,
    pictures,
    portal,
    recordings,
    redirects,
    research,
    stories,
    taxonomy,
    timeline,
)

__all__ = [
    "dilemmas", "framework", "pages", "pictures", "portal", "recordings", "redirects", "research", "stories",
    "taxonomy", "timeline",
]  # fmt: skip
