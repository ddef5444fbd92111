"""Two answers beside each other: numbers, and a scatter of regions."""
