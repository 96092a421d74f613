"""What happens to accounts, for whoever runs the portal: who by number, what, and nothing that was typed."""

import logging

logger = logging.getLogger("aarhuskompas.security")


def note(what: str, user=None, **fields):
    about = {"account": user.pk} if user else {}
    logger.warning(what, extra={"fields": about | fields})
