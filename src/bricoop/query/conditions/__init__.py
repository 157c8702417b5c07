"""Conditions of questions: filters, the condition language, and what both become in SQL."""
