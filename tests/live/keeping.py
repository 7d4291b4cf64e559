"""`examples/live.py` as a module."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any, Final

EXAMPLE: Final = Path(__file__).parents[2] / "examples" / "live.py"


def example() -> Any:
    spec = importlib.util.spec_from_file_location("live_example", EXAMPLE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


LIVE: Final = example()
