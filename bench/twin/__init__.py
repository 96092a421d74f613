"""The portal's pages of stories as plain Django makes them: what `make bench` compares with.

One table, two queries a page, ordinary templates, nothing kept. The table is filled from the portal's own
stories, the markup is that of the portal's pages, and the menu of filters names the same choices.
"""
