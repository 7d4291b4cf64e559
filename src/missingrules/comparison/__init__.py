"""Two protocols held against each other: by meaning, on one scale, with the child whom they treat differently."""
