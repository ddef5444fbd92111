"""The science: arrays in, arrays out. No window, no network, no global state."""
