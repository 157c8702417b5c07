"""Prepare rows for writing: clean cells, validate rows, compute ids and digests."""
