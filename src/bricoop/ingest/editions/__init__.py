"""What becomes of entities and facts whose records change or go, and what is noted of it."""
