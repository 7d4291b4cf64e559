"""Live cases: what differs between two results about one case, what made it differ, and tasks that follow."""
