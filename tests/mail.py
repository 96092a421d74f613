"""A mail server to send to in tests."""

import asyncio
import email
import email.policy


class Server:
    """Keeps what it gets, and refuses what it is told to."""

    def __init__(self):
        self.got = []
        self.refused = set()  # addresses that are answered with 550
        self.seconds = 0  # how long it takes to read a letter
        self.hangs_up = 0  # so many letters are taken and never acknowledged

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 – aiosmtpd's name
        if address in self.refused:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        await asyncio.sleep(self.seconds)
        if self.hangs_up:
            self.hangs_up -= 1
            server.transport.close()
            return "250 never heard"
        letter = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.got.append((envelope.rcpt_tos, letter))
        return "250 OK"

    @property
    def receivers(self) -> list[str]:
        return sorted(address for to, _letter in self.got for address in to)
