from compass.views.files import robots_txt, security_txt, was
from compass.views.framework import framework, front, path, paths, pivot
from compass.views.library import dilemma, dilemmas, stories, story
from compass.views.pages import contact, page

__all__ = [
    "contact",
    "dilemma",
    "dilemmas",
    "framework",
    "front",
    "page",
    "path",
    "paths",
    "pivot",
    "robots_txt",
    "security_txt",
    "stories",
    "story",
    "was",
]
