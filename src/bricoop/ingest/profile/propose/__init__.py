"""A profile proposed for a file: its columns, one sort after the other, and what is left out."""
