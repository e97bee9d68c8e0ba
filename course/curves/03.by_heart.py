"""Module 03, exercise 9: 90 points learned by heart, without weight decay: every 20th loss of the
first 400 steps. As in the notebook, the default dtype is float64, and the points depend on it."""

import torch

from g2c.nn import SGD, CrossEntropyLoss, Linear, ReLU, Sequential, reset_parameters, spirals


def run(seed, zero_grad=True, lr=0.3):
    torch.set_default_dtype(torch.float64)
    generator = torch.Generator().manual_seed(seed)
    layers = [Linear(2, 64, bias=True), ReLU(), Linear(64, 64, bias=True), ReLU()]
    model = reset_parameters(Sequential(*layers, Linear(64, 3, bias=True)), generator)
    x, arm = spirals(30, noise=0.1, generator=torch.Generator().manual_seed(0))
    optimizer, losses = SGD(model.parameters(), lr=lr), []
    for step in range(401):
        loss = CrossEntropyLoss()(model(x), arm)
        if step % 20 == 0:
            losses.append(loss.item())
        if zero_grad:
            optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return losses


# By name: what is said of the training loop, and the arguments that make it so.
LOOPS = {
    "no_zero_grad": (
        "never calls `zero_grad()`, so every gradient is added to all the earlier ones",
        {"zero_grad": False},
    ),
    "rate_too_high": (
        "takes a learning rate ten times too high",
        {"lr": 3.0},
    ),
    "rate_too_low": (
        "takes a learning rate ten times too low",
        {"lr": 0.03},
    ),
}
# Ids in `course/mistakes`.
MISTAKES = (
    "nn.sgd uphill",
    "nn.sgd new_tensor",
    "nn.cross_entropy_loss sum",
    "nn.cross_entropy_loss softmax_twice",
    "nn.cross_entropy_loss missing_probability",
    "nn.cross_entropy_loss whole_columns",
    "nn.relu absolute",
    "nn.linear bias_forgotten",
    "nn.Linear.reset_parameters variance_as_std",
)
