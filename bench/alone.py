"""A measurement of our own in a process of its own: told in JSON what to do, answering in JSON."""

import json
import subprocess
import sys
import tempfile
from typing import Any

from bench.measure import AS_THE_PROGRAM
from bench.partner import ROOT, environment_with, without_paths


def alone(module: str, words: dict[str, Any]) -> dict[str, Any]:
    """Run ``python -m module words`` with settings of its own; return what it found, or the ``reason`` why not."""
    with tempfile.TemporaryDirectory(prefix="landscape-bench-") as folder:
        own = environment_with({**AS_THE_PROGRAM, "LANDSCAPE_CONFIG_DIR": folder, "LANDSCAPE_LOG_DIR": folder})
        command = [sys.executable, "-m", module, json.dumps(words)]
        done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT, env=own)
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines()
        return {"reason": without_paths(lines[-1]) if lines else f"ended with status {done.returncode}"}
    found: dict[str, Any] = json.loads(done.stdout)
    return found
