"""The whole portal for an ASGI server: event streams here, pages on threads, a board for all at once.

Where a proxy sends /haendelser/ to a server of its own, pages may also be served by wsgi.py.
"""

import sys

from django.utils.module_loading import import_string

from aarhuskompas import health
from aarhuskompas.page_cache import answer_at_once
from aarhuskompas.serving.wsgi_bridge import OnThreads
from aarhuskompas.wsgi import application as wsgi

THREADS = 4
sys.setswitchinterval(0.001)  # else whatever arrives waits five milliseconds for each page that is being made

may_upload = import_string("accounts.guards.may_upload")
threads = OnThreads(
    wsgi,
    threads=THREADS,
    apart=("/konto/", "/en/konto/"),
    may_upload=may_upload,
    at_once=answer_at_once,
)
pages = import_string("reflection.live.board.Boards")(threads)
streams = import_string("reflection.live.streams.application")


async def application(scope, receive, send):
    if scope["type"] == "http":
        await _served_by(scope)(scope, receive, send)
    elif scope["type"] == "websocket":
        await send({"type": "websocket.close"})


def _served_by(scope):
    if scope["path"].startswith("/haendelser/"):
        return streams
    return health.alive if health.is_live(scope) else pages
