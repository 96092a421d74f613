"""The timer of a room, which everybody sees; the clock is the server's."""

from datetime import timedelta
from uuid import UUID

from django.db import models
from django.utils import timezone

from reflection.live.notifications import announce


class RoomTimer(models.Model):
    """A timer that runs, rests or is not there; the constraint stands on the room."""

    key: UUID
    timer_ends_at = models.DateTimeField(null=True, blank=True)
    timer_left = models.PositiveIntegerField(null=True, blank=True)  # seconds, while it rests

    class Meta:
        abstract = True

    def start_timer(self, seconds: int):
        self._set_timer(timezone.now() + timedelta(seconds=seconds), None)

    def pause_timer(self):
        if self.timer_ends_at:
            left = (self.timer_ends_at - timezone.now()).total_seconds()
            self._set_timer(None, max(0, round(left)))

    def resume_timer(self):
        if self.timer_left is not None:
            self.start_timer(self.timer_left)

    def stop_timer(self):
        self._set_timer(None, None)

    def _set_timer(self, ends_at, left):
        self.timer_ends_at, self.timer_left = ends_at, left
        self.save(update_fields=["timer_ends_at", "timer_left"])
        announce(self.key)
