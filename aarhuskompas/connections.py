"""A gunicorn connection that waits for nobody for ever, and whose own answers carry our headers.

gunicorn's asyncio worker has no limit on how long the first request takes to arrive, and none on how long
a closed connection may keep what was not taken.
"""

import socket

from gunicorn.asgi.protocol import ASGIProtocol

from aarhuskompas.middleware import fixed_headers

HEAD_SECONDS = 20  # for the first request; each later one has as long as the connection may be idle
FAREWELL_SECONDS = 20  # to take what was sent last
GONE_SECONDS = 60  # without a sign that anything arrives: a phone that has left the network


class Connection(ASGIProtocol):
    def connection_made(self, transport):
        super().connection_made(transport)
        connection = transport.get_extra_info("socket")
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, GONE_SECONDS * 1_000)
        # gunicorn ends this timer when a request has arrived, and sets it anew after each answer.
        self._keepalive_handle = self.worker.loop.call_later(HEAD_SECONDS, self._keepalive_timeout)

    def _send_error_response(self, status, message, extra_headers=()):
        """Without the message, which repeats what was sent."""
        ours = [(name.decode(), value.decode()) for name, value in fixed_headers()]
        super()._send_error_response(status, "", [*ours, *extra_headers])

    def _close_transport(self):
        if self.transport and not self._closed:
            self.worker.loop.call_later(FAREWELL_SECONDS, self.transport.abort)
        super()._close_transport()
