"""What names mean: countries, regions and organizations, by exact names alone."""
