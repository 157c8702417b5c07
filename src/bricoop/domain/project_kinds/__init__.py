"""Kinds of projects by rule: by the words of titles and descriptions, and by sectors."""
