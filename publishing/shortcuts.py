from django.http import JsonResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header, url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

form_methods = require_http_methods(["GET", "HEAD", "POST"])


def render_page(request, template, context, *, partial):
    """Render the page, or only `partial` when htmx asks for the element of that id."""
    if request.htmx.target == partial:
        template = f"{template}#{partial}"
    return render(request, template, context)


def is_address_of_ours(address: str) -> bool:
    """Where `redirect` may lead, of what a browser sent: it takes any other word for the name of a route."""
    return address.startswith("/") and url_has_allowed_host_and_scheme(address, allowed_hosts=None)


def json_file(content, name: str) -> JsonResponse:
    """Plain data as a file to keep, in a form that people can read."""
    response = JsonResponse(content, json_dumps_params={"ensure_ascii": False, "indent": 2})
    response.headers["Content-Disposition"] = content_disposition_header(True, f"{name}.json")
    return response
