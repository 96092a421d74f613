"""What the library tells the apps of the floors above, and asks them."""

from django.dispatch import Signal

# A public page is put away: `old` is its address, `new` the one that takes its place, "" where nothing does.
put_away = Signal()

# Nobody can fetch the `instance` back any more: its files and versions may go.
gone = Signal()

# Why must an item stay that somebody wants to delete? Receivers of `item` answer with lines for an editor.
is_needed = Signal()

# Are readers led on from an address of ours without a page? Receivers of `path` say whether they do.
leads_on = Signal()
