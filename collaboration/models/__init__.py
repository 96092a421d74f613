from collaboration.models.collaborations import GUIDE, Collaboration, Partner
from collaboration.models.rounds import Consent, Insight, PaperConsent, Round

__all__ = ["GUIDE", "Collaboration", "Consent", "Insight", "PaperConsent", "Partner", "Round"]
