"""What the library tells the apps of the floors above, and asks them."""

from django.dispatch import Signal

# A public page is put away: `old` is its address, `new` the one that takes its place, "" where nothing does.
put_away = Signal()

# Nobody can fetch the `instance` back any more: its files and versions may go.
gone = Signal()
