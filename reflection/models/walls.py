"""The wall of a room: a code that opens its screen on a computer where nobody is logged in."""

from datetime import timedelta

from django.db import models
from django.utils import timezone

from reflection import tokens
from reflection.live.notifications import announce_gone

WALL_LASTS = timedelta(hours=4)  # a meeting, with time to set it up
CLOSED_WALL = {"wall_nonce": "", "wall_hash": None, "wall_until": None}


class RoomWall(models.Model):
    """What a room has for its wall."""

    wall_nonce = models.CharField(max_length=22, blank=True, editable=False)  # empty: no code opens the wall
    wall_hash = models.CharField(max_length=64, null=True, unique=True, editable=False)
    wall_until = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    @property
    def wall_code(self) -> str:
        """«ABCDE-FGHJK»: opens the wall on a computer where nobody is logged in; empty when nothing does."""
        is_open = self.wall_nonce and self.wall_until and self.wall_until > timezone.now()
        return tokens.in_fives(tokens.wall_code(self.wall_nonce)) if is_open else ""

    def open_wall(self):
        """A new code for the wall; screens that were opened with an older one show nothing any more."""
        self.close_wall()
        self.wall_nonce, self.wall_until = tokens.new_nonce(), timezone.now() + WALL_LASTS
        self.wall_hash = tokens.digest(tokens.wall_code(self.wall_nonce))
        self.save(update_fields=list(CLOSED_WALL))

    def close_wall(self):
        if self.wall_nonce:
            announce_gone(tokens.wall_stream_key(self.wall_nonce))
        self.wall_nonce, self.wall_hash, self.wall_until = "", None, None
        self.save(update_fields=list(CLOSED_WALL))
