"""The linter: one function for each thing that can be wrong with a protocol that reads without a mistake."""
