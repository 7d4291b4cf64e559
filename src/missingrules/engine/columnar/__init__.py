"""What protocols ask for many children at once, as columns. The meaning is the evaluator's; this room knows NumPy."""
