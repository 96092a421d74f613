"""Say that a room has changed; nothing about what."""

from django.db import connection

CHANNEL = "reflection"


def announce(key):
    """Wake every open page of the room – at commit, or never if the transaction fails."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, str(key)])
