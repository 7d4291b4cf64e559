"""Four families of rules in eight engines: `python -m benchmarks.families`."""
