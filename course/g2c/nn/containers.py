"""Yours to write: layers in a row."""

from torch import Tensor, nn


class Sequential(nn.Module):
    """Layers applied one after the other, the first given first.

    Its parameters are those of its layers: `layers.0.weight`, `layers.2.weight`, …
    """

    def __init__(self, *layers: nn.Module):
        super().__init__()
        self.layers = nn.ModuleList(layers)

    def forward(self, x: Tensor) -> Tensor:
        # BEGIN SOLUTION nn.sequential
        for layer in self.layers:
            x = layer(x)
        return x
        # END SOLUTION
