"""A start from nothing: a new process up to the moment when its window answers. For both sides."""

import subprocess
import sys
import threading
from time import perf_counter

import numpy as np

from bench.peers.serve import Arrays, Options, Prepared, Timed, serve

#: What a window writes when it has been painted and its event loop has answered.
READY = "ready"
#: Seconds after which a window that has not answered is given up.
PATIENCE = 60.0


def cold(_: Arrays, options: Options) -> Prepared:
    """Start ``options["module"]`` and wait until it writes that it is ready; its end is not counted."""

    def work() -> Timed:
        begin = perf_counter()
        with subprocess.Popen(
            [sys.executable, "-m", options["module"]], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True
        ) as process:
            assert process.stdout is not None
            patience = threading.Timer(PATIENCE, process.kill)
            patience.start()
            line = process.stdout.readline().strip()
            seconds = perf_counter() - begin
            patience.cancel()
            process.stdout.read()
        if line != READY:
            raise RuntimeError(f"the window ended with status {process.returncode} before it answered")
        return Timed([seconds])

    # The first start writes compiled files and fills the disk's cache; it is made when the tasks are compared.
    return Prepared(work, lambda _: {"answered": np.ones(1)})


if __name__ == "__main__":
    serve({"cold": cold}, ("pyqtgraph", "PySide6-Essentials", "numpy"))
