"""Full-text search: what was typed, whom it finds in what order, and why each was found."""
