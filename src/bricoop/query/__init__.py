"""The read side: frozen questions in, frozen rows out."""
