"""A report is named questions arranged in sections, as plain data."""
