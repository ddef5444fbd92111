"""The dock that shows what was done as a script."""
