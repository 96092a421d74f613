from compass.models.dilemmas import Dilemma, Standpoint
from compass.models.framework import Path, Pivot, PivotPoint
from compass.models.loaded_content import LoadedContent
from compass.models.missed import Missed
from compass.models.pages import Contact, Page
from compass.models.pictures import Attachment, Picture
from compass.models.recordings import Chapter, Recording
from compass.models.redirects import Redirect
from compass.models.research import ResearchFigure, ResearchQuestion, ResearchWave
from compass.models.search import ContentMark, SearchEntry, SearchWord
from compass.models.sources import Provenance, Source
from compass.models.stories import Story
from compass.models.taxonomy import Department, Theme
from compass.models.timeline import Fact, Milestone, Resource

__all__ = [
    "Attachment",
    "Chapter",
    "Contact",
    "ContentMark",
    "Department",
    "Dilemma",
    "Fact",
    "LoadedContent",
    "Milestone",
    "Missed",
    "Page",
    "Path",
    "Picture",
    "Pivot",
    "PivotPoint",
    "Provenance",
    "Recording",
    "Redirect",
    "ResearchFigure",
    "ResearchQuestion",
    "ResearchWave",
    "Resource",
    "SearchEntry",
    "SearchWord",
    "Source",
    "Standpoint",
    "Story",
    "Theme",
]
