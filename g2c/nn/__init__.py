# Given. Built from course/g2c/nn/__init__.py: there is nothing to write here.
"""Module 03: layers, losses and the optimizer that walks downhill."""

from g2c.nn.activations import ReLU, Sigmoid, Tanh
from g2c.nn.containers import Sequential
from g2c.nn.dropout import Dropout
from g2c.nn.linear import Linear, reset_parameters
from g2c.nn.losses import CrossEntropyLoss, MSELoss, cross_entropy_backward
from g2c.nn.sgd import SGD, DecayingSGD
from g2c.nn.spirals import spirals

__all__ = [
    "SGD",
    "CrossEntropyLoss",
    "DecayingSGD",
    "Dropout",
    "Linear",
    "MSELoss",
    "ReLU",
    "Sequential",
    "Sigmoid",
    "Tanh",
    "cross_entropy_backward",
    "reset_parameters",
    "spirals",
]
