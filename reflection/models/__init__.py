from reflection.models.guides import UNKNOWN, Guide, GuideVersion, HelpVariant, Prompt, Step
from reflection.models.reflections import (
    Answer,
    Conflict,
    Participant,
    Party,
    Progress,
    Reflection,
    new_page_key,
)
from reflection.models.snapshots import (
    MIN_IN_ROOM,
    Agreement,
    HiddenComment,
    SharedLine,
    Snapshot,
)

__all__ = [
    "MIN_IN_ROOM",
    "UNKNOWN",
    "Agreement",
    "Answer",
    "Conflict",
    "Guide",
    "GuideVersion",
    "HelpVariant",
    "HiddenComment",
    "Participant",
    "Party",
    "Progress",
    "Prompt",
    "Reflection",
    "SharedLine",
    "Snapshot",
    "Step",
    "new_page_key",
]
