"""What of Målkompasset an editor edits: see publishing/registry.py."""

from goals.models import CityGoal, Goodbye
from publishing.registry import ContentType, declare

declare(
    ContentType(
        model=Goodbye,
        # Whose it is, its goal says; while their data is restricted, it is not shown.
        further_tables=("goals_goodbyecheck", "goals_goal", "privacy_restriction"),
    ),
    ContentType(model=CityGoal, marks=()),  # no reader's page shows them
)
