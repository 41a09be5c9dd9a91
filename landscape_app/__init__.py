"""See gradient descent and backpropagation move over the loss landscape of real models."""

__version__ = "0.1.0"
