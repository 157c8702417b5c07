"""Totals: which money a named rule counts, what each of its steps leaves out, and the proof."""
