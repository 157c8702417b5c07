"""Output formats of rows, reports and messages, for terminals, pipes and files."""
