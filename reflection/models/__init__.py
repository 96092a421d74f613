from reflection.models.agreements import Agreement, AgreementDraft, Promise, Reminder
from reflection.models.answers import Answer, ConflictError, Progress, new_page_key
from reflection.models.emergency_access import EmergencyAccess
from reflection.models.fieldwise import Fieldwise, FieldwiseEnding
from reflection.models.guides import UNKNOWN, EndLine, Guide, GuideVersion, HelpVariant, Prompt, Step
from reflection.models.invitations import PersonalInvitation
from reflection.models.participants import Participant, Party
from reflection.models.rehearsal import rehearse
from reflection.models.rooms import Reflection
from reflection.models.snapshots import (
    MIN_IN_ROOM,
    HiddenComment,
    SharedLine,
    Snapshot,
)

__all__ = [
    "MIN_IN_ROOM",
    "UNKNOWN",
    "Agreement",
    "AgreementDraft",
    "Answer",
    "ConflictError",
    "EmergencyAccess",
    "EndLine",
    "Fieldwise",
    "FieldwiseEnding",
    "Guide",
    "GuideVersion",
    "HelpVariant",
    "HiddenComment",
    "Participant",
    "Party",
    "PersonalInvitation",
    "Progress",
    "Promise",
    "Prompt",
    "Reflection",
    "Reminder",
    "SharedLine",
    "Snapshot",
    "Step",
    "new_page_key",
    "rehearse",
]
