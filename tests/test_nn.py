"""Module 03. Write, in this order, in g2c/nn/:

1. nn.linear                  a layer's forward pass               (linear.py)
2. nn.relu                    a nonlinearity                       (activations.py)
3. nn.sequential              layers in a row                      (containers.py)
4. nn.mse_loss                the squared error                    (losses.py)
5. nn.cross_entropy_loss      the loss of all language models      (losses.py)
6. nn.cross_entropy_backward  its gradient                         (losses.py)
7. nn.sgd                     one step downhill                    (sgd.py)
8. nn.decaying_sgd            the same with a rate that decays     (sgd.py)

Given: the constructors, how weights start, Tanh, Sigmoid, Dropout, the spirals, and the checks of
input. The losses use your softmax and logsumexp of module 02.

Read the names of the tests from top to bottom: they are the specification.
"""

import math

import pytest
import torch
import torch.nn.functional as oracle
from torch.testing import assert_close

from g2c.nn import (
    SGD,
    CrossEntropyLoss,
    DecayingSGD,
    Dropout,
    Linear,
    MSELoss,
    ReLU,
    Sequential,
    Sigmoid,
    Tanh,
    cross_entropy_backward,
    reset_parameters,
    spirals,
)


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def randn(*shape, seed=0):
    return torch.randn(shape, generator=seeded(seed), dtype=torch.float64)


def finite_differences(function, x, h=1e-6):
    """How much the number that `function` returns changes with each entry of x, by trying."""
    slopes = torch.empty_like(x)
    for place in range(x.numel()):
        shift = torch.zeros_like(x)
        shift.view(-1)[place] = h
        slopes.view(-1)[place] = (function(x + shift) - function(x - shift)) / (2 * h)
    return slopes


# ---- given ----


def test_linear_weights_start_with_the_promised_std_and_cut():
    layer = reset_parameters(Linear(300, 500, bias=True), seeded())
    std = math.sqrt(2 / 800)
    # A normal distribution that is cut at 3 std keeps 0.9866 of its std.
    assert layer.weight.std().item() == pytest.approx(0.9866 * std, rel=0.01)
    assert 2.9 * std < layer.weight.abs().max() <= 3 * std
    assert not layer.bias.any()


def test_the_same_seed_gives_the_same_weights():
    layer = Linear(3, 4)
    draws = [reset_parameters(layer, seeded(seed)).weight.clone() for seed in (1, 1, 2)]
    assert_close(draws[0], draws[1], rtol=0, atol=0)
    assert not torch.equal(draws[0], draws[2])


def test_linear_refuses_another_number_of_features():
    with pytest.raises(ValueError, match=r"\(5, 2\).*3"):
        Linear(3, 4)(torch.zeros(5, 2))


def test_tanh_and_sigmoid_squash():
    x = torch.tensor([0.0, 100.0, -100.0])
    assert_close(Tanh()(x), torch.tensor([0.0, 1.0, -1.0]))
    assert_close(Sigmoid()(x), torch.tensor([0.5, 1.0, 0.0]))


def test_dropout_keeps_the_expected_value_in_training():
    dropped = Dropout(0.25, generator=seeded())(torch.ones(100_000))
    assert_close(dropped.unique(), torch.tensor([0.0, 4 / 3]))
    assert dropped.mean().item() == pytest.approx(1, abs=0.01)


def test_dropout_does_nothing_in_evaluation():
    x = torch.ones(100)
    assert Dropout(0.25).eval()(x) is x


def test_the_arms_of_the_spirals_are_one_arm_turned():
    x, arm = spirals(5, arms=4, noise=0.0, dtype=torch.float64)
    assert x.shape == (20, 2) and arm.tolist() == [0] * 5 + [1] * 5 + [2] * 5 + [3] * 5
    quarter = torch.tensor([[0.0, 1.0], [-1.0, 0.0]], dtype=torch.float64)
    for k in range(3):
        assert_close(x[arm == k] @ quarter, x[arm == k + 1])
    assert_close(x.norm(dim=1)[:5], torch.tensor([0.2, 0.4, 0.6, 0.8, 1.0], dtype=torch.float64))


def test_the_generator_alone_decides_the_noise_of_the_spirals():
    (first, _), (again, _), (other, _) = (spirals(7, generator=seeded(s)) for s in (1, 1, 2))
    assert torch.equal(first, again) and not torch.equal(first, other)


# ---- yours: nn.linear ----


def test_linear_by_hand():
    layer = Linear(2, 3, bias=True)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([[1.0, 0.0], [0.0, 2.0], [1.0, 1.0]]))
        layer.bias.copy_(torch.tensor([10.0, 20.0, 30.0]))
    assert_close(layer(torch.tensor([3.0, 4.0])), torch.tensor([13.0, 28.0, 37.0]))


@pytest.mark.parametrize("bias", [False, True])
def test_linear_agrees_with_torch_in_values_and_gradients(bias):
    layer = reset_parameters(Linear(4, 3, bias=bias, dtype=torch.float64), seeded())
    x, mix = randn(2, 5, 4).requires_grad_(), randn(2, 5, 3, seed=1)
    leaves = [x, *layer.parameters()]
    out, expected = layer(x), oracle.linear(x, layer.weight, layer.bias)
    assert_close(out, expected)
    assert_close(torch.autograd.grad(out, leaves, mix), torch.autograd.grad(expected, leaves, mix))


# ---- yours: nn.relu ----


def test_relu_and_its_gradient_agree_with_torch_also_at_zero():
    x = torch.tensor([-2.0, -0.0, 0.0, 3.0, math.inf, -math.inf], requires_grad=True)
    assert_close(ReLU()(x), torch.relu(x))
    for function in (ReLU(), torch.relu):
        (gradient,) = torch.autograd.grad(function(x).sum(), x)
        assert_close(gradient, torch.tensor([0.0, 0.0, 0.0, 1.0, 1.0, 0.0]))


def test_relu_leaves_its_input_alone():
    x = randn(3, 4)
    before = x.clone()
    ReLU()(x)
    assert torch.equal(x, before)


# ---- yours: nn.sequential ----


def test_sequential_applies_its_layers_in_order():
    double, decrement = (lambda x: 2 * x), (lambda x: x - 1)
    layers = [torch.nn.Module(), torch.nn.Module()]
    layers[0].forward, layers[1].forward = double, decrement
    assert_close(Sequential(*layers)(torch.tensor([5.0])), torch.tensor([9.0]))


def test_sequential_trains_every_layer_it_holds():
    model = Sequential(Linear(2, 4), Tanh(), Linear(4, 1))
    model(torch.ones(3, 2)).sum().backward()
    assert [name for name, _ in model.named_parameters()] == ["layers.0.weight", "layers.2.weight"]
    assert all(parameter.grad.any() for parameter in model.parameters())


def test_the_gradient_through_a_whole_network_agrees_with_finite_differences():
    layers = Linear(3, 5, bias=True), ReLU(), Linear(5, 4), Tanh(), Linear(4, 2, bias=True)
    model = reset_parameters(Sequential(*layers).double(), seeded(1))
    x, mix = randn(4, 3, seed=2), randn(4, 2, seed=3)
    for parameter in model.parameters():
        (gradient,) = torch.autograd.grad((model(x) * mix).sum(), parameter)
        value = parameter.detach().clone()

        def loss(moved, parameter=parameter):
            parameter.data = moved
            return (model(x) * mix).sum().detach()

        assert_close(gradient, finite_differences(loss, value), rtol=1e-6, atol=1e-8)
        parameter.data = value


# ---- yours: nn.mse_loss ----


def test_mse_by_hand_is_a_mean_over_every_entry():
    prediction = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    target = torch.tensor([[1.0, 0.0], [3.0, 0.0]])
    assert_close(MSELoss()(prediction, target), torch.tensor(5.0))


def test_mse_does_not_let_errors_cancel():
    assert_close(MSELoss()(torch.tensor([3.0, -3.0]), torch.zeros(2)), torch.tensor(9.0))


def test_the_gradient_of_mse_agrees_with_finite_differences():
    prediction, target = randn(3, 2).requires_grad_(), randn(3, 2, seed=1)
    (gradient,) = torch.autograd.grad(MSELoss()(prediction, target), prediction)
    expected = finite_differences(lambda p: MSELoss()(p, target), prediction.detach())
    assert_close(gradient, expected, rtol=1e-6, atol=1e-8)


def test_mse_refuses_to_broadcast():
    with pytest.raises(ValueError, match=r"\(4, 1\).*\(4,\)"):
        MSELoss()(torch.zeros(4, 1), torch.zeros(4))


# ---- yours: nn.cross_entropy_loss ----


def test_cross_entropy_of_equal_logits_is_log_v():
    loss = CrossEntropyLoss()(torch.full((3, 65), -2.0), torch.tensor([0, 7, 64]))
    assert_close(loss, torch.tensor(math.log(65)))


def test_cross_entropy_is_the_mean_surprise_by_hand():
    logits = torch.tensor([[0.0, math.log(3)], [math.log(7), 0.0]])  # 1/4, 3/4 and 7/8, 1/8
    loss = CrossEntropyLoss()(logits, torch.tensor([0, 0]))
    assert_close(loss, torch.tensor((math.log(4) + math.log(8 / 7)) / 2))


def test_cross_entropy_counts_differences_of_logits_only():
    logits, targets = randn(5, 3), torch.tensor([2, 0, 1, 1, 2])
    shift = randn(5, 1, seed=1)  # another one for every row
    assert_close(CrossEntropyLoss()(logits + shift, targets), CrossEntropyLoss()(logits, targets))


@pytest.mark.parametrize("dtype", [torch.int64, torch.int32, torch.uint8])
def test_cross_entropy_agrees_with_torch_in_value_and_gradient(dtype):
    logits, targets = randn(6, 4).requires_grad_(), torch.tensor([3, 0, 1, 1, 2, 3])
    ours, expected = (
        CrossEntropyLoss()(logits, targets.to(dtype)),
        oracle.cross_entropy(logits, targets),
    )
    assert_close(ours, expected)
    assert_close(torch.autograd.grad(ours, logits), torch.autograd.grad(expected, logits))


def test_cross_entropy_is_finite_where_exp_overflows():
    logits = torch.tensor([[1e4, 0.0, -1e4], [1e4, 0.0, -1e4]], requires_grad=True)
    loss = CrossEntropyLoss()(logits, torch.tensor([0, 2]))
    assert_close(loss, torch.tensor(1e4))
    loss.backward()
    assert_close(logits.grad, torch.tensor([[0.0, 0.0, 0.0], [0.5, 0.0, -0.5]]))


def test_cross_entropy_refuses_windows_and_says_which_shapes_it_takes():
    with pytest.raises(ValueError, match=r"\(2, 3, 5\).*\(6, 5\).*\(6,\)"):
        CrossEntropyLoss()(torch.zeros(2, 3, 5), torch.zeros(2, 3, dtype=torch.long))


@pytest.mark.parametrize("bad", [-1, 5])
def test_cross_entropy_refuses_targets_outside_the_vocabulary(bad):
    targets = torch.tensor([0, bad]) if bad > 0 else torch.tensor([bad, 0])
    with pytest.raises(ValueError, match=rf"{bad}\b.*5 columns"):
        CrossEntropyLoss()(torch.zeros(2, 5), targets)


def test_cross_entropy_refuses_targets_that_are_not_ids():
    with pytest.raises(TypeError, match="float32"):
        CrossEntropyLoss()(torch.zeros(2, 5), torch.zeros(2))


# ---- yours: nn.cross_entropy_backward ----


def test_cross_entropy_backward_by_hand():
    logits = torch.tensor([[1.0, 2.0, 5.0], [6.0, 1.0, 1.0]]).log()  # eighths
    gradient = cross_entropy_backward(logits, torch.tensor([1, 0]))
    assert_close(gradient, torch.tensor([[1.0, -6.0, 5.0], [-2.0, 1.0, 1.0]]) / 16)


def test_cross_entropy_backward_agrees_with_finite_differences():
    logits, targets = randn(5, 3), torch.tensor([2, 0, 1, 1, 2])
    expected = finite_differences(lambda z: oracle.cross_entropy(z, targets), logits)
    assert_close(cross_entropy_backward(logits, targets), expected, rtol=1e-6, atol=1e-8)


def test_cross_entropy_backward_agrees_with_autograd():
    logits, targets = randn(6, 4).requires_grad_(), torch.tensor([3, 0, 1, 1, 2, 3])
    (expected,) = torch.autograd.grad(oracle.cross_entropy(logits, targets), logits)
    assert_close(cross_entropy_backward(logits.detach(), targets), expected)


def test_cross_entropy_backward_is_finite_where_exp_overflows():
    logits = torch.tensor([[1e4, 0.0, -1e4], [1e4, 0.0, -1e4]])
    gradient = cross_entropy_backward(logits, torch.tensor([0, 2]))
    assert_close(gradient, torch.tensor([[0.0, 0.0, 0.0], [0.5, 0.0, -0.5]]))


def test_cross_entropy_backward_leaves_the_logits_alone():
    logits = randn(3, 4)
    before = logits.clone()
    cross_entropy_backward(logits, torch.tensor([0, 1, 2]))
    assert torch.equal(logits, before)


# ---- yours: nn.sgd ----


def parameter_with_gradient(value, gradient):
    parameter = torch.nn.Parameter(torch.tensor([value], dtype=torch.float64))
    parameter.grad = torch.tensor([gradient], dtype=torch.float64)
    return parameter


def step_by_step(optimizer_class, steps, **settings):
    """Where a fixed quartic takes one parameter, and one that never gets a gradient."""
    start = randn(3, 2)
    used, unused = torch.nn.Parameter(start.clone()), torch.nn.Parameter(start.clone())
    optimizer = optimizer_class([used, unused], **settings)
    for _ in range(steps):
        optimizer.zero_grad()
        (used**4).sum().backward()
        optimizer.step()
    assert torch.equal(unused, start)
    return used.detach()


def test_sgd_by_hand():
    parameter = parameter_with_gradient(3.0, -4.0)
    SGD([parameter], lr=0.5, weight_decay=0.2).step()
    assert parameter.item() == pytest.approx(3 - 0.5 * (-4 + 0.2 * 3))


def test_weight_decay_alone_shrinks_by_the_same_factor_at_every_step():
    parameter = parameter_with_gradient(-8.0, 0.0)
    optimizer = SGD([parameter], lr=0.5, weight_decay=0.2)
    for step in range(1, 4):
        optimizer.step()
        assert parameter.item() == pytest.approx(-8 * 0.9**step)


def test_sgd_leaves_the_gradient_as_it_is():
    parameter = parameter_with_gradient(3.0, -4.0)
    SGD([parameter], lr=0.5, weight_decay=0.2).step()
    assert parameter.grad.item() == -4


@pytest.mark.parametrize("weight_decay", [0.0, 0.1])
def test_sgd_agrees_with_torch_step_by_step(weight_decay):
    settings = {"lr": 0.01, "weight_decay": weight_decay}
    assert_close(step_by_step(SGD, 10, **settings), step_by_step(torch.optim.SGD, 10, **settings))


def test_sgd_gives_each_group_its_own_rate():
    slow, fast = torch.nn.Parameter(torch.ones(2)), torch.nn.Parameter(torch.ones(2))
    optimizer = SGD([{"params": [slow]}, {"params": [fast], "lr": 0.5}], lr=0.1)
    (slow.sum() + fast.sum()).backward()
    optimizer.step()
    assert_close(slow.detach(), torch.full((2,), 0.9))
    assert_close(fast.detach(), torch.full((2,), 0.5))


@pytest.mark.parametrize("name", ["lr", "weight_decay"])
@pytest.mark.parametrize("bad", [-0.1, math.inf, math.nan])
def test_sgd_refuses_a_rate_or_decay_that_is_negative_or_not_finite(name, bad):
    with pytest.raises(ValueError, match=f"{name} is {bad}"):
        SGD([torch.nn.Parameter(torch.ones(1))], **{name: bad})


def test_a_network_of_your_own_parts_learns_the_spirals():
    x, arm = spirals(30, noise=0.0)
    layers = Linear(2, 32, bias=True), ReLU(), Linear(32, 32, bias=True), ReLU()
    model = reset_parameters(Sequential(*layers, Linear(32, 3, bias=True)), seeded())
    optimizer = SGD(model.parameters(), lr=0.5)
    for _ in range(300):
        optimizer.zero_grad()
        CrossEntropyLoss()(model(x), arm).backward()
        optimizer.step()
    assert (model(x).argmax(dim=1) == arm).double().mean() > 0.9  # a guess has 1/3


# ---- yours: nn.decaying_sgd ----


def test_the_decaying_rate_falls_with_the_square_root_of_the_steps_taken():
    parameter = parameter_with_gradient(0.0, 1.0)
    optimizer, steps = DecayingSGD([parameter], lr=1.0), []
    for _ in range(4):
        before = parameter.item()
        optimizer.step()
        steps.append(before - parameter.item())
    assert steps == pytest.approx([1, 1 / math.sqrt(2), 1 / math.sqrt(3), 1 / 2])


def test_the_decaying_rate_is_the_rate_of_the_weight_decay_too():
    parameter = parameter_with_gradient(1.0, 0.0)
    optimizer = DecayingSGD([parameter], lr=0.5, weight_decay=0.2)
    optimizer.step()
    optimizer.step()
    assert parameter.item() == pytest.approx(0.9 * (1 - 0.1 / math.sqrt(2)))


def test_each_parameter_counts_the_steps_that_it_has_taken_itself():
    early, late = parameter_with_gradient(0.0, 1.0), parameter_with_gradient(0.0, 1.0)
    optimizer, late.grad = DecayingSGD([early, late], lr=1.0), None
    optimizer.step()
    late.grad = torch.ones_like(late)
    optimizer.step()
    assert early.item() == pytest.approx(-1 - 1 / math.sqrt(2))
    assert late.item() == pytest.approx(-1)


def test_the_decaying_rate_survives_a_checkpoint():
    parameter = parameter_with_gradient(0.0, 1.0)
    optimizer = DecayingSGD([parameter], lr=1.0)
    optimizer.step()
    resumed = DecayingSGD([parameter], lr=1.0)
    resumed.load_state_dict(optimizer.state_dict())
    resumed.step()
    assert parameter.item() == pytest.approx(-1 - 1 / math.sqrt(2))
