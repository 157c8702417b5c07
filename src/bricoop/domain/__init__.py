"""Domain rules as pure functions: no SQL, no output, no files but the tables shipped here."""
