"""Hypothesis's profiles: as it stands, and `--hypothesis-profile=long` for a run over a night."""

from __future__ import annotations

from hypothesis import settings

# The fuzzers of tests/fuzz take their numbers of examples from it, in proportion.
settings.register_profile("long", max_examples=5_000)
