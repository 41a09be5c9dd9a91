"""Generated data: each generator is a description with knobs and a pure function of its arguments."""

from landscape_app.core.synthetic.generator import MAX_EXAMPLES, MAX_NOISE, Generator, Knob
from landscape_app.core.synthetic.linear import CORRELATED, LINE, OUTLIERS, PLANE, RAVINE
from landscape_app.core.synthetic.nonlinear import BUMP, PRODUCT, SINE, STEP

#: All generators by name, in the order in which they are offered; the first is the program's default.
GENERATORS: dict[str, Generator] = {
    generator.name: generator for generator in (LINE, OUTLIERS, RAVINE, CORRELATED, PLANE, SINE, STEP, BUMP, PRODUCT)
}

__all__ = ["GENERATORS", "MAX_EXAMPLES", "MAX_NOISE", "Generator", "Knob"]
