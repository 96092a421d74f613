"""What other machines may have, and a page that says what it is."""

from collections.abc import Iterator

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import condition

from compass import opendata as data
from compass.tables import as_csv
from publishing.portal import Section, current_portal
from publishing.public_pages import in_section, public
from publishing.slugs import slug_of


@public
@in_section(Section.OPEN_DATA)
def opendata(request):
    context = {
        "collections": data.collections().values(),
        "licence": data.LICENCE,
        "licence_url": data.LICENCE_URL,
    }
    return render(request, "compass/opendata.html", context)


def _collection(name: str) -> data.Collection:
    if name not in data.collections():
        raise Http404
    return data.collections()[name]


def _version(request, collection) -> str:
    return f'"{data.version(_collection(collection))}"'


@public
@in_section(Section.OPEN_DATA)
@condition(etag_func=_version)
def opendata_json(request, collection):
    rows = data.as_json(_collection(collection))
    return _file(request, rows, "application/json", _filename(collection, "json"))


@public
@in_section(Section.OPEN_DATA)
@condition(etag_func=_version)
def opendata_csv(request, collection):
    rows = as_csv(data.table(_collection(collection)))
    return _file(request, rows, "text/csv; charset=utf-8; header=present", _filename(collection, "csv"))


def _filename(collection: str, ending: str) -> str:
    return f"{slug_of(current_portal().name)}-{collection}.{ending}"


def _file(request, rows: Iterator[str], content_type: str, filename: str):
    headers = {"Content-Disposition": content_disposition_header(False, filename)}
    if request.method == "HEAD":
        return HttpResponse(content_type=content_type, headers=headers)
    return StreamingHttpResponse(rows, content_type=content_type, headers=headers)
