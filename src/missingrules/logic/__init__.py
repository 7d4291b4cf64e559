"""What conditions say: facts cut into cells, and whether conditions can hold together."""
