"""What is counted so that nobody tries passwords and codes without end."""

from django.utils.crypto import salted_hmac


def unreadable_key(key: str, key_prefix: str, version: int) -> str:
    """A key of the cache, which names somebody's network address, as the database may keep it.

    With the secret key, for there are few enough addresses to try them all (public-sector.md B2).
    """
    return salted_hmac(
        "accounts.rate_limits", f"{key_prefix}:{version}:{key}", algorithm="sha256"
    ).hexdigest()
