"""The napari layers that show an atlas, a source and a projection; still no Qt."""
