"""Many cases at once: how every duty stands, added up. Pure but for `run`, which starts processes."""
