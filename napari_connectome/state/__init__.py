"""What is chosen and what is computed, observable, without any window."""
