"""What Målkompasset is about (a goal), how a look at it ends (a review), and what is seen later."""

from goals.models.decisions import Decision
from goals.models.evidence import Evidence
from goals.models.goals import GUIDE, CityGoal, Goal, GoalShare, PastWording
from goals.models.goodbyes import Goodbye, GoodbyeCheck
from goals.models.reviews import Review
from goals.models.years import YearCount

__all__ = [
    "GUIDE",
    "CityGoal",
    "Decision",
    "Evidence",
    "Goal",
    "GoalShare",
    "Goodbye",
    "GoodbyeCheck",
    "PastWording",
    "Review",
    "YearCount",
]
