"""Shared helpers of tests, mostly generators of input files."""
