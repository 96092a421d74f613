"""The whole portal for an ASGI server: event streams here, pages on threads, a board for all at once.

Where a proxy sends /haendelser/ to a server of its own, pages may also be served by wsgi.py.
"""

from django.utils.module_loading import import_string

from aarhuskompas.threads import OnThreads
from aarhuskompas.wsgi import application as wsgi

THREADS = 4

pages = import_string("reflection.boards.Boards")(OnThreads(wsgi, threads=THREADS))
streams = import_string("reflection.streams.application")


async def application(scope, receive, send):
    if scope["type"] == "http":
        is_stream = scope["path"].startswith("/haendelser/")
        await (streams if is_stream else pages)(scope, receive, send)
    elif scope["type"] == "websocket":
        await send({"type": "websocket.close"})
