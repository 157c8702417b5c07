"""Charts and maps of grouped queries, in the terminal and as files."""
