"""The asking side of a comparison: a process that answers one JSON object a line."""

import contextlib
import json
import os
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

ROOT = Path(__file__).resolve().parent.parent


class PartnerError(Exception):
    """The other process could not do what was asked of it; the message says why."""


class Partner:
    """A process kept alive from one run to the next; use it in a ``with`` statement.

    Parameters
    ----------
    python
        The interpreter of the environment it lives in.
    module
        A module that calls ``bench.peers.serve.serve``.
    """

    def __init__(self, python: str, module: str, environment: Mapping[str, str] | None = None) -> None:
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed in close()
        self._folder = tempfile.TemporaryDirectory(prefix="landscape-bench-")
        self._process = subprocess.Popen(
            [python, "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            cwd=ROOT,
            env=environment_with(environment or {}),
            text=True,
        )
        self.facts: dict[str, Any] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def prepare(self, task: str, problem: Path, options: Mapping[str, Any]) -> None:
        """Let it make ready for ``task`` on the arrays in the file ``problem``."""
        request = {"do": "prepare", "task": task, "problem": str(problem), "options": options}
        self.facts = self._ask(request)["facts"]

    def run(self, times: int = 1) -> tuple[list[float], float]:
        """Let it do the task; return wall seconds (of each part, or of one time) and processor seconds."""
        answer = self._ask({"do": "run", "times": times})
        return [float(seconds) for seconds in answer["seconds"]], float(answer["cpu"])

    def result(self) -> dict[str, Any]:
        """Let it do the task once and return the arrays that came of it."""
        path = Path(self._folder.name) / "result.npz"
        self._ask({"do": "run", "times": 1, "save": str(path)})
        with np.load(path) as file:
            return dict(file)

    def close(self) -> None:
        """End the process: no more requests make it leave by itself."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
        self._errors.close()
        self._folder.cleanup()

    def _ask(self, request: Mapping[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        line = ""
        with contextlib.suppress(OSError):  # it has gone: what it said last tells why
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        if not line:
            raise PartnerError(self._last_words())
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise PartnerError(without_paths(answer["error"]))
        return answer

    def _last_words(self) -> str:
        """Return what the process wrote before it ended: the last line of its standard error."""
        status = self._process.wait()
        self._errors.seek(0)
        lines = self._errors.read().decode("utf-8", "replace").strip().splitlines()
        words = without_paths(lines[-1]) if lines else "it said nothing"
        return f"the process ended with status {status}: {words}"


def environment_with(more: Mapping[str, str]) -> dict[str, str]:
    """Return this process's variables and ``more``."""
    return {**os.environ, **more}


def without_paths(text: str) -> str:
    """Return ``text`` with the last part alone of every path and address in it."""
    return " ".join(word.rstrip("/").split("/")[-1] if word.count("/") > 1 else word for word in text.split())
