"""The isocortex as a sheet: its depth, its paths from pia to white matter, its maps."""
