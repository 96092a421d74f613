"""What is answered without Django's request handling: event streams, and copies of a board."""

import time
from uuid import uuid4

from aarhuskompas.logs import log_access, request_id
from aarhuskompas.middleware import fixed_headers

REQUEST_ID = b"x-request-id"


class DirectResponseMiddleware:
    """Around an ASGI application: a request id, the headers that never differ, and a line in the access log.

    What comes with a request id has passed Django's middleware and is handed on as it is.
    """

    def __init__(self, application, *, route: str):
        self.application = application
        self.route = route
        self.headers = fixed_headers()

    async def __call__(self, scope, receive, send):
        started, name = time.perf_counter(), uuid4().hex

        async def send_complete(message):
            if message["type"] == "http.response.start" and REQUEST_ID not in dict(message["headers"]):
                log_access(scope["method"], self.route, message["status"], started)
                message = message | {"headers": self._complete(message["headers"], name)}
            await send(message)

        token = request_id.set(name)
        try:
            await self.application(scope, receive, send_complete)
        finally:
            request_id.reset(token)

    def _complete(self, headers: list[tuple[bytes, bytes]], name: str) -> list[tuple[bytes, bytes]]:
        said = dict(headers)
        missing = [header for header in self.headers if header[0] not in said]
        return [*missing, *headers, (REQUEST_ID, name.encode())]
