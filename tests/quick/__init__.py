"""What is read quickly is what is read slowly."""
