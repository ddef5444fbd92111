"""Completion of matrices in a dock."""
