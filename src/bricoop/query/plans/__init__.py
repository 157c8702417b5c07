"""The plan of each noun: how its rows, lists and filters are selected."""
