"""One widget a file; each draws a snapshot and keeps nothing but what it has drawn."""
