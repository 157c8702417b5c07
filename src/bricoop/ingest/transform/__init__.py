"""Rows become prepared records: cells cleaned, rows checked, each with its id and digest."""
