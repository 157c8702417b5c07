"""Grouped questions: grouping fields, measures, subtotals, shares and warnings."""
