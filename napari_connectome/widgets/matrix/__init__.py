"""The regional matrix as a picture: cells, labels beside them, and what a click asks for."""
