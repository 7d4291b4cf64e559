"""The nouns: frozen data, no input or output; only `clock` reaches outside."""
