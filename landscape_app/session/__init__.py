"""The description of an experiment, its record and the pure transitions between them (no Qt)."""
