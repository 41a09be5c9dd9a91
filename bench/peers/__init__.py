"""Peers, one script each: they run in environments of their own and know nothing of the program."""
