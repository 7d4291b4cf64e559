"""What helps an author write: the language for editors, one layout, new files."""
