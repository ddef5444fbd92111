"""napari layers and the viewer model; no Qt."""
