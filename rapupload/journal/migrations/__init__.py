"""Migrations of the journal; a released one never changes."""
