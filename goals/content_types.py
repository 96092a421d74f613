"""What of Målkompasset an editor edits: see publishing/registry.py."""

from goals.models import CityGoal, Goodbye
from publishing.registry import ContentType, declare

declare(
    ContentType(model=Goodbye, further_tables=("goals_goodbyecheck", "privacy_restriction")),
    ContentType(model=CityGoal, marks=()),  # no reader's page shows them
)
