"""Builds reports: sections of text, tables, charts and maps as plain data, not yet drawn."""
