"""Numpy and the standard library only: the models, the optimizers, the landscapes."""
