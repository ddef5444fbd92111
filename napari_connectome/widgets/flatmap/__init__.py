"""The cortex as a map: a view that shows it and takes clicks on it."""
