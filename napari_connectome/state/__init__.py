"""What was asked and what came of it; no Qt, no napari."""
