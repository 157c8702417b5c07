"""Files of every make become tables: a header and rows, each with its place in the file."""
