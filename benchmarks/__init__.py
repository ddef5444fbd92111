"""Measurements at the scale of the published mouse connectome; never run by the tests."""
