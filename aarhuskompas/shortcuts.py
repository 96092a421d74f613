from django.shortcuts import render


def render_page(request, template, context, *, partial):
    """Render the page, or only `partial` when htmx asks for the element of that id."""
    if request.htmx.target == partial:
        template = f"{template}#{partial}"
    return render(request, template, context)
