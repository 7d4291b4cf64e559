"""Nouns to obligations: pure, and never a look at the wall clock."""
