"""Results in the formats of other programs: volumes, networks and tables."""
