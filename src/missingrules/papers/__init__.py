"""Source texts: cut into pieces, indexed in a ledger, and held against what a protocol cites and says."""
