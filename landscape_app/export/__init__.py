"""Figures and tables for files (no Qt)."""
