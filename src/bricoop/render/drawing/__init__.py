"""Charts and maps of groups: in the characters of a terminal, and as files."""
