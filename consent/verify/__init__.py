"""Does a log hold? Everything is computed again from its bytes, by code that shares none with it.

Whoever writes the log cannot be the one to vouch for it, so nothing here imports what writes: two
mistakes would have to be the same to go unseen.
"""
