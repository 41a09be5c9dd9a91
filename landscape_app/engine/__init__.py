"""The worker thread and the one mutable owner of the state (QtCore only)."""
