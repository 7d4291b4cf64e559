"""Questions about protocols and answers: does it come out as officers expect, and is everything tried."""
