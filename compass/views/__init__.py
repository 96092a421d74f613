from compass.views.dilemmas import dilemma, dilemmas
from compass.views.feeds import path_feed, stories_feed
from compass.views.files import robots_txt, security_txt, was
from compass.views.framework import framework, front, path, paths, pivot
from compass.views.opendata import opendata, opendata_csv, opendata_json
from compass.views.pages import contact, page, privacy
from compass.views.pictures import attachment, picture
from compass.views.portal import colours, logo, social_picture
from compass.views.recordings import audiobook, chapter, sound
from compass.views.research import research
from compass.views.search import search, suggestions
from compass.views.stories import stories, story
from compass.views.timeline import documents, timeline

__all__ = [
    "attachment",
    "audiobook",
    "chapter",
    "colours",
    "contact",
    "dilemma",
    "dilemmas",
    "documents",
    "framework",
    "front",
    "logo",
    "opendata",
    "opendata_csv",
    "opendata_json",
    "page",
    "path",
    "path_feed",
    "paths",
    "picture",
    "pivot",
    "privacy",
    "research",
    "robots_txt",
    "search",
    "security_txt",
    "social_picture",
    "sound",
    "stories",
    "stories_feed",
    "story",
    "suggestions",
    "timeline",
    "was",
]
