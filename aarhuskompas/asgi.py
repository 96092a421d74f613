"""The whole portal for an ASGI server: event streams here, pages on threads, a board for all at once.

Where a proxy sends /haendelser/ to a server of its own, pages may also be served by wsgi.py.
"""

import sys

from aarhuskompas.wsgi import application as wsgi  # sets Django up, so models can be imported below

# isort: split
from aarhuskompas import health
from aarhuskompas.page_cache import answer_at_once
from aarhuskompas.serving.direct_responses import DirectResponseMiddleware
from aarhuskompas.serving.wsgi_bridge import ThreadedWSGI
from accounts.guards import may_upload
from reflection.live.board import BoardMiddleware
from reflection.live.streams import application as event_streams

THREADS = 4
sys.setswitchinterval(0.001)  # else whatever arrives waits five milliseconds for each page that is being made

threads = ThreadedWSGI(
    wsgi,
    threads=THREADS,
    apart=("/konto/", "/en/konto/"),
    may_upload=may_upload,
    at_once=answer_at_once,
)
pages = DirectResponseMiddleware(BoardMiddleware(threads), route="rum/<uuid:key>/tavle/")
streams = DirectResponseMiddleware(event_streams, route="haendelser/<uuid:key>/")


async def application(scope, receive, send):
    if scope["type"] == "http":
        is_stream = scope["path"].startswith("/haendelser/")
        served_by = streams if is_stream else health.alive if health.is_live(scope) else pages
        await served_by(scope, receive, send)
    elif scope["type"] == "websocket":
        await send({"type": "websocket.close"})
