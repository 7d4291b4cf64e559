"""New files for an area, and what an editor needs to know of the language."""
