"""Where arrays come from: cache folders on disk and simulated brains."""
