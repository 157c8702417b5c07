"""Compare stored data with what would be derived from the records again, and rebuild it."""
