"""A guide's questions as pages show them to readers; never a query."""

from django import template
from django.template.loader import render_to_string

from publishing.fragments import made_once

register = template.Library()


@register.simple_tag
@made_once
def step_to_read(step):
    """All that a step asks; of `GuideVersion.all_steps`, which fetches its prompts."""
    return render_to_string("reflection/_step_to_read.html", {"step": step})
