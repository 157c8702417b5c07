"""Why the totals of two sources differ: steps from one to the other that add up exactly."""
