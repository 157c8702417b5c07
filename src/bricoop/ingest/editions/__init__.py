"""Update entities and facts when records change or disappear, and log what undoing needs."""
