"""Statistics of the weights and of the data in a dock."""
