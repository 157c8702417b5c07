"""Totals of finance by counting rules, their waterfalls, and figure cards to verify them."""
