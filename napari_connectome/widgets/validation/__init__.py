"""Cross-validation of models in a dock."""
