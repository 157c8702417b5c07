"""Rows, reports and problems become text for a terminal, a pipe or a file."""
