"""The demo brain: a simulated tracing data set in the layout of an AllenSDK cache folder."""
