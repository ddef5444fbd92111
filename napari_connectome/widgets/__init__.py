"""Qt widgets; the only place that knows a window."""
