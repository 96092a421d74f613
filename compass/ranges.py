"""Parts of a file: a player that jumps in a recording asks for the bytes from there on (RFC 9110 §14).

Django's FileResponse sends whole files, and Safari plays no sound from a server without parts.
"""

import mimetypes
import re
from collections.abc import Iterator

from django.core.files.storage import default_storage
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, StreamingHttpResponse
from django.utils.http import http_date, parse_etags

ONE_RANGE = re.compile(r"bytes=(\d*)-(\d*)", re.ASCII)
CHUNK = 64 * 1024


def file_response(request: HttpRequest, name: str) -> HttpResponse | StreamingHttpResponse:
    """A stored file, the part of it that was asked for, or word that the browser has it already.

    Raises FileNotFoundError where there is none.
    """
    # Part of a compressed file is not part of the file: GZipMiddleware would ask this header.
    request.META.pop("HTTP_ACCEPT_ENCODING", None)
    size, modified = default_storage.size(name), default_storage.get_modified_time(name).timestamp()
    headers = {
        "Accept-Ranges": "bytes",
        "ETag": f'"{int(modified * 1_000_000):x}-{size:x}"',
        "Last-Modified": http_date(modified),
        "Content-Type": mimetypes.guess_type(name)[0] or "application/octet-stream",
    }
    if _is_known(request, headers["ETag"]):
        return HttpResponseNotModified(headers=headers)
    return _part(request, name, size, headers)


def _is_known(request, etag: str) -> bool:
    known = parse_etags(request.META.get("HTTP_IF_NONE_MATCH", ""))
    return etag in known or "*" in known


def _part(request, name: str, size: int, headers: dict):
    asked = _asked_for(request, size, headers)
    if asked is None:
        return _send(request, name, range(size), 200, headers)
    if not asked:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    headers["Content-Range"] = f"bytes {asked.start}-{asked.stop - 1}/{size}"
    return _send(request, name, asked, 206, headers)


def _asked_for(request, size: int, headers: dict) -> range | None:
    """The bytes asked for: None is all of them, an empty range is what the file does not have.

    Several parts at once are more than a player asks for, and the whole file is a right answer too.
    """
    match = ONE_RANGE.fullmatch(request.META.get("HTTP_RANGE", "").strip())
    unchanged = request.META.get("HTTP_IF_RANGE", headers["ETag"])
    if not match or match.groups() == ("", ""):
        return None
    if request.method != "GET" or unchanged not in {headers["ETag"], headers["Last-Modified"]}:
        return None
    return _bytes(*match.groups(), size)


def _bytes(first: str, last: str, size: int) -> range | None:
    if not first:
        return range(max(0, size - int(last)), size)
    if last and int(last) < int(first):
        return None
    return range(int(first), min(int(last) + 1, size) if last else size)


def _send(request, name: str, part: range, status: int, headers: dict):
    headers = {**headers, "Content-Length": str(len(part))}
    if request.method == "HEAD":
        return HttpResponse(status=status, headers=headers)
    return StreamingHttpResponse(_chunks(name, part), status=status, headers=headers)


def _chunks(name: str, part: range) -> Iterator[bytes]:
    with default_storage.open(name) as file:
        file.seek(part.start)
        left = len(part)
        while left and (chunk := file.read(min(CHUNK, left))):
            left -= len(chunk)
            yield chunk
