"""Files that tests share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

POLICY: dict[str, Any] = {
    "version": "1",
    "default": "deny",
    "tools": {"run_job": {"limits": [{"counter": "run_job_rate", "window": "minute", "max": 1, "scope": "grant"}]}},
}

#: The repository, whose schemas and examples are held against the module.
ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Each test has a folder of its own, without any configuration around it."""
    monkeypatch.chdir(tmp_path)
    return tmp_path
