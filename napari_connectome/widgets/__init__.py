"""Qt widgets; nothing below this layer knows a window."""
