"""Notes on an answer: readings of names, rows left out, and closer or wider questions."""
