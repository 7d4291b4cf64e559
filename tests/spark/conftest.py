"""Where Spark is not installed its tests are not there: `tests/spark/run` makes it an environment of its own."""

from __future__ import annotations

from importlib.util import find_spec

collect_ignore = [] if find_spec("pyspark") else ["test_local.py"]
