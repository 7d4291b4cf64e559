"""What the commands do, as calls: data in, frozen data out, and nothing printed."""
