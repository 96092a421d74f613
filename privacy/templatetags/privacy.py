from django import template

from privacy.models import PrivacyNotice

register = template.Library()


@register.inclusion_tag("privacy/_notice.html")
def privacy_notice() -> dict:
    """What one is told before one writes the first words, in short."""
    return {"notice": PrivacyNotice.objects.in_force()}
