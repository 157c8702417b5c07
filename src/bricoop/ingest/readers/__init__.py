"""Read CSV files and workbooks as tables: a header, and rows with their position in the file."""
