"""A landscape by jax: the loss mapped over chunks of points and compiled, with the fastest of several chunk sizes."""

from time import perf_counter

import jax
import jax.numpy as jnp
import numpy as np

from bench.peers.formulas import lattice, loss_function, sampled
from bench.peers.serve import Array, Arrays, Options, Prepared, serve

CHUNKS = (16, 64, 256, 1024)
#: Numbers that one chunk's largest array may hold.
MOST = 200_000_000


def landscape(arrays: Arrays, options: Options) -> Prepared:
    """Evaluate the lattice's points, or a sample of them, chunk by chunk; compiling is not counted."""
    jax.config.update("jax_enable_x64", True)
    grid, m = options["grid"], arrays["X"].shape[1]
    X, y = jnp.asarray(arrays["X"]), jnp.asarray(arrays["y"])
    many = jax.jit(jax.vmap(loss_function(options["model"], X, y, options["k"], jnp)))
    index = sampled(grid, options["points"])
    x, y_nodes = lattice(arrays, grid)
    thetas = (
        arrays["origin"] + x[index % grid, np.newaxis] * arrays["u"] + y_nodes[index // grid, np.newaxis] * arrays["v"]
    )

    def in_chunks(size: int, count: int) -> Array:
        # All chunks have one size, so that there is one compilation.
        parts = [many(thetas[begin : begin + size]) for begin in range(0, count - count % size, size)]
        if count % size:
            parts.append(many(thetas[count - size : count])[-(count % size) :])
        return np.concatenate([np.asarray(part) for part in parts])

    def pace(size: int) -> float:
        count = min(len(thetas), max(size, 1024))
        in_chunks(size, size)
        begin = perf_counter()
        in_chunks(size, count)
        return (perf_counter() - begin) / count

    fitting = [size for size in CHUNKS if size * m * max(options["k"], 1) <= MOST and size <= len(thetas)]
    chunk = min(fitting, key=pace)
    share = len(thetas) / grid**2
    notes: tuple[str, ...] = (f"warm, float64, in chunks of {chunk} points, the fastest of {fitting}",)
    if share < 1.0:
        notes += (f"peer extrapolated from {len(thetas):,} of {grid**2:,} points",)
    return Prepared(
        lambda: in_chunks(chunk, len(thetas)), lambda losses: {"index": index, "loss": losses}, share, notes=notes
    )


if __name__ == "__main__":
    serve({"landscape": landscape}, ("numpy", "jax", "jaxlib"))
