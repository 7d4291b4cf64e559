"""Files to nouns; every mistake reported at once, at its line and column."""
