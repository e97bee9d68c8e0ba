"""Module 03b, Training. Write, in this order, in g2c/training/:

1. training.moving_average      a short memory of what came before      (adamw.py)
2. training.adam_direction      where to go, whatever the size          (adamw.py)
3. training.adamw               one step of one parameter               (adamw.py)
4. training.global_norm         one length for all gradients            (clipping.py)
5. training.clip_grad_norm      shorter where they are too long         (clipping.py)
6. training.cosine_with_warmup  the rate of every update                (schedule.py)

Given: the optimizer around your step (constructor, groups, state, the count t), all checks of
input, decay_groups, and Muon, whose momentum is your moving average.
"""

import io
import math
import re

import pytest
import torch
from torch import nn
from torch.testing import assert_close

from g2c.training import (
    AdamW,
    Muon,
    adam_direction,
    clip_grad_norm_,
    cosine_with_warmup,
    decay_groups,
    global_norm,
    moving_average_,
    orthogonalized,
)


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def randn(*shape, seed=0):
    return torch.randn(shape, generator=seeded(seed), dtype=torch.float64)


def tensor(*values):
    return torch.tensor(values, dtype=torch.float64)


def parameter(*values, grad=None):
    """A vector to be trained, and its gradient."""
    made = nn.Parameter(tensor(*values))
    made.grad = None if grad is None else tensor(*grad)
    return made


# ---- 1. training.moving_average ----


def test_a_moving_average_by_hand():
    average = tensor(0.0, 8.0)
    moving_average_(average, tensor(4.0, 0.0), 0.75)
    assert_close(average, tensor(1.0, 6.0))  # a quarter of 4; three quarters of 8
    moving_average_(average, tensor(5.0, -2.0), 0.75)
    assert_close(average, tensor(2.0, 4.0))


def test_a_moving_average_leaves_the_new_value_alone():
    value = randn(3, 2)
    moving_average_(randn(3, 2, seed=1), value, 0.9)
    assert torch.equal(value, randn(3, 2))


def test_a_moving_average_of_one_value_only_is_that_value():
    average = randn(2, 3)
    moving_average_(average, average.clone(), 0.9)
    assert_close(average, randn(2, 3))
    moving_average_(average, randn(2, 3, seed=1), 0.0)  # beta 0 forgets everything
    assert_close(average, randn(2, 3, seed=1))


# ---- 2. training.adam_direction ----


def test_the_first_direction_is_the_sign_of_the_gradient_whatever_its_size():
    grad = tensor(1e-3, -5.0, 200.0)
    m, v = (1 - 0.9) * grad, (1 - 0.999) * grad**2  # what one step makes of zeros
    assert_close(adam_direction(m, v, 1, (0.9, 0.999), 0.0), tensor(1.0, -1.0, 1.0))


def test_a_direction_by_hand():
    # t = 2 with betas 1/2 and 3/4: the corrections are 1 - 1/4 = 3/4 and 1 - 9/16 = 7/16.
    m, v = tensor(1.5, -3.0), tensor(7.0, 0.0)
    direction = adam_direction(m, v, 2, (0.5, 0.75), 1.0)
    assert_close(direction, tensor(2 / (4 + 1), -4 / (0 + 1)))  # m_hat 2, -4; v_hat 16, 0


def test_a_direction_changes_neither_average():
    m, v = randn(4), randn(4).square()
    adam_direction(m, v, 3, (0.9, 0.999), 1e-8)
    assert torch.equal(m, randn(4)) and torch.equal(v, randn(4).square())


# ---- 3. training.adamw ----


def test_the_first_step_is_lr_long_in_every_entry():
    moved = parameter(1.0, 2.0, 3.0, grad=(1e-4, -7.0, 3e5))
    AdamW([moved], lr=0.1, eps=0.0, weight_decay=0.0).step()
    assert_close(moved.detach(), tensor(0.9, 2.1, 2.9))


def test_decay_takes_the_share_lr_times_weight_decay():
    moved = parameter(10.0, -4.0, grad=(0.0, 0.0))
    AdamW([moved], lr=0.5, weight_decay=0.2).step()
    assert_close(moved.detach(), tensor(9.0, -3.6))


def test_decay_acts_before_the_step():
    moved = parameter(10.0, grad=(3.0,))
    AdamW([moved], lr=0.5, eps=0.0, weight_decay=0.2).step()
    assert_close(moved.detach(), tensor(10 * 0.9 - 0.5))  # the other order: (10 - 0.5) * 0.9


def run(optimizer_class, steps, pause=(), **settings):
    """Where noisy gradients of very different sizes take two parameters."""
    start, sizes = (randn(3, 4), randn(5, seed=1)), (10.0 ** torch.arange(-6, 6).view(3, 4), 1.0)
    parameters = [nn.Parameter(values.clone()) for values in start]
    optimizer, generator = optimizer_class(parameters, **settings), seeded(2)
    for step in range(steps):
        for number, (moved, size) in enumerate(zip(parameters, sizes, strict=True)):
            noise = torch.randn(moved.shape, generator=generator, dtype=torch.float64)
            moved.grad = None if number == 1 and step in pause else size * (moved.detach() + noise)
        optimizer.step()
    return torch.cat([moved.detach().flatten() for moved in parameters])


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"lr": 3e-3, "weight_decay": 0.1},
        {"lr": 0.03, "betas": (0.8, 0.95), "eps": 1e-3, "weight_decay": 1.0},
    ],
    ids=["defaults", "3e-3-and-0.1", "all-others"],
)
def test_two_hundred_steps_agree_with_torch(settings):
    ours, theirs = run(AdamW, 200, **settings), run(torch.optim.AdamW, 200, **settings)
    assert_close(ours, theirs, rtol=0, atol=1e-9)


def test_a_parameter_without_a_gradient_stays_as_it_is():
    idle, moved = parameter(3.0), parameter(3.0, grad=(1.0,))
    AdamW([idle, moved], lr=0.1, weight_decay=0.5).step()
    assert idle.item() == 3.0 and moved.item() < 3.0


def test_every_parameter_counts_its_own_steps():
    pause = {0, 1, 5}  # the second parameter's first step comes third
    ours, theirs = run(AdamW, 9, pause, lr=0.1), run(torch.optim.AdamW, 9, pause, lr=0.1)
    assert_close(ours, theirs, rtol=0, atol=1e-9)


def test_a_step_reads_the_gradients_and_leaves_them_alone():
    moved = parameter(1.0, 2.0, grad=(3.0, -4.0))
    AdamW([moved], weight_decay=0.1).step()
    assert_close(moved.grad, tensor(3.0, -4.0), rtol=0, atol=0)


def test_every_group_has_its_own_rate_and_decay():
    weight, bias = parameter(10.0, grad=(1.0,)), parameter(10.0, grad=(1.0,))
    groups = [{"params": [weight]}, {"params": [bias], "lr": 0.1, "weight_decay": 0.0}]
    AdamW(groups, lr=0.5, eps=0.0, weight_decay=0.2).step()
    assert_close(weight.detach(), tensor(9 - 0.5))
    assert_close(bias.detach(), tensor(10 - 0.1))


def half_way(optimizer_class=AdamW):
    """Two parameters, and their optimizer after three steps."""
    parameters = [nn.Parameter(randn(3, 2)), nn.Parameter(randn(4, seed=1))]
    optimizer = optimizer_class(decay_groups(nn.ParameterList(parameters), 0.1), lr=0.01)
    go_on(parameters, optimizer, range(3))
    return parameters, optimizer


def go_on(parameters, optimizer, seeds):
    for seed in seeds:
        for moved in parameters:
            moved.grad = moved.detach() + randn(*moved.shape, seed=seed)
        optimizer.step()


def test_a_checkpoint_goes_on_bit_for_bit():
    parameters, optimizer = half_way()
    file = io.BytesIO()
    torch.save([parameters, optimizer.state_dict()], file)
    file.seek(0)
    copies, state = torch.load(file, weights_only=True)
    resumed = AdamW(decay_groups(nn.ParameterList(copies), 0.7))  # the state brings its settings
    resumed.load_state_dict(state)
    go_on(parameters, optimizer, range(3, 6))
    go_on(copies, resumed, range(3, 6))
    assert all(torch.equal(*pair) for pair in zip(parameters, copies, strict=True))


def test_torch_goes_on_from_our_state_and_we_from_theirs():
    ends = []
    for first, second in [(AdamW, torch.optim.AdamW), (torch.optim.AdamW, AdamW)]:
        parameters, optimizer = half_way(first)
        other = second(decay_groups(nn.ParameterList(parameters), 0.1))
        other.load_state_dict(optimizer.state_dict())
        go_on(parameters, other, range(3, 6))
        ends.append(torch.cat([moved.detach().flatten() for moved in parameters]))
    assert_close(*ends, rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"lr": -0.1}, r"lr is -0\.1"),
        ({"lr": math.nan}, "lr is nan"),
        ({"eps": -1.0}, r"eps is -1\.0"),
        ({"weight_decay": -0.2}, r"weight_decay is -0\.2"),
        ({"betas": (0.9, 1.0)}, r"\(0\.9, 1\.0\)"),
        ({"betas": (0.9,)}, r"\(0\.9,\)"),
    ],
)
def test_settings_out_of_range_are_refused(settings, said):
    with pytest.raises(ValueError, match=said):
        AdamW([parameter(1.0)], **settings)


def test_only_matrices_are_in_the_group_that_decays():
    module = nn.Module()
    module.weight, module.bias = nn.Parameter(torch.ones(2, 3)), nn.Parameter(torch.ones(2))
    module.frozen = nn.Parameter(torch.ones(2, 2), requires_grad=False)
    matrices, others = decay_groups(module, 0.1)
    assert matrices["params"][0] is module.weight and matrices["weight_decay"] == 0.1
    assert others["params"][0] is module.bias and others["weight_decay"] == 0.0
    assert len(matrices["params"]) == len(others["params"]) == 1


# ---- 4. training.global_norm ----


def test_a_global_norm_by_hand():
    # 1 + 4 + 16 + 4 + 144 = 169
    assert_close(global_norm([tensor(1.0, -2.0), tensor(4.0, 2.0)[:, None], tensor(12.0)]),
                 tensor(13.0)[0])  # fmt: skip


def test_a_global_norm_is_the_length_of_all_tensors_end_to_end():
    tensors = [randn(3, 2), randn(5, seed=1), randn(2, 1, 4, seed=2)]
    whole = torch.cat([each.flatten() for each in tensors])
    assert_close(global_norm(tensors), torch.linalg.vector_norm(whole))


def test_the_global_norm_of_nothing_is_zero():
    assert global_norm([]).item() == 0.0


# ---- 5. training.clip_grad_norm ----


def parameters_with_gradients():
    """Norm 13: (3, 4) and (12, 0). The third has no gradient."""
    return [
        parameter(1.0, 1.0, grad=(3.0, 4.0)),
        parameter(1.0, 1.0, grad=(12.0, 0.0)),
        parameter(1.0),
    ]


def test_gradients_that_are_too_long_are_scaled_by_one_factor():
    first, second, idle = parameters = parameters_with_gradients()
    clip_grad_norm_(iter(parameters), 2.6, eps=0.0)
    assert_close(first.grad, tensor(0.6, 0.8))  # a fifth of each: the direction stays
    assert_close(second.grad, tensor(2.4, 0.0))
    assert idle.grad is None


def test_the_norm_before_clipping_is_returned():
    parameters = parameters_with_gradients()
    assert clip_grad_norm_(parameters, 2.6).item() == pytest.approx(13)
    assert clip_grad_norm_(parameters, 2.6).item() == pytest.approx(2.6)
    assert clip_grad_norm_([parameter(1.0)], 2.6).item() == 0.0


def test_gradients_that_are_short_enough_stay_bit_for_bit():
    for max_norm in (13.0, 14.0, 1e6):
        parameters = parameters_with_gradients()
        assert clip_grad_norm_(parameters, max_norm).item() == pytest.approx(13)
        assert torch.equal(parameters[0].grad, tensor(3.0, 4.0))
        assert torch.equal(parameters[1].grad, tensor(12.0, 0.0))


def test_eps_is_added_to_the_norm():
    parameters = parameters_with_gradients()
    clip_grad_norm_(parameters, 6.5, eps=13.0)
    assert_close(parameters[0].grad, tensor(0.75, 1.0))  # 6.5 / (13 + 13)


def test_clipping_agrees_with_torch():
    ours, theirs = ([nn.Parameter(randn(3, 2)), nn.Parameter(randn(4))] for _ in range(2))
    for moved in [*ours, *theirs]:
        moved.grad = randn(*moved.shape, seed=moved.ndim)
    expected = nn.utils.clip_grad_norm_(theirs, 0.7)
    assert_close(clip_grad_norm_(ours, 0.7), expected)
    assert_close([moved.grad for moved in ours], [moved.grad for moved in theirs])


def test_one_parameter_alone_may_be_given_as_it_is():
    moved = parameter(1.0, 1.0, grad=(3.0, 4.0))
    assert clip_grad_norm_(moved, 1.0).item() == pytest.approx(5)
    assert global_norm([moved.grad]).item() == pytest.approx(1)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_a_norm_that_is_not_finite_is_refused_and_changes_no_gradient(bad):
    parameters = [parameter(1.0, 1.0, grad=(300.0, 400.0)), parameter(1.0, grad=(bad,))]
    with pytest.raises(ValueError, match=r"norm of the gradients is (nan|inf) \(1 of 2 hold"):
        clip_grad_norm_(parameters, 1.0)
    assert torch.equal(parameters[0].grad, tensor(300.0, 400.0))
    assert_close(parameters[1].grad, tensor(bad), equal_nan=True)


@pytest.mark.parametrize("max_norm", [0.0, -1.0, math.inf, math.nan])
def test_a_max_norm_that_makes_no_sense_is_refused(max_norm):
    with pytest.raises(ValueError, match=f"max_norm is {max_norm}"):
        clip_grad_norm_(parameters_with_gradients(), max_norm)


# ---- 6. training.cosine_with_warmup ----


def rates(steps, max_lr=0.8, min_lr=0.2, warmup_steps=4, max_steps=12):
    return [
        cosine_with_warmup(
            step, max_lr=max_lr, min_lr=min_lr, warmup_steps=warmup_steps, max_steps=max_steps
        )
        for step in steps
    ]


def test_the_rate_rises_in_a_line_from_zero_to_max_lr():
    assert rates([0, 1, 2, 3, 4]) == pytest.approx([0.0, 0.2, 0.4, 0.6, 0.8])


def test_the_first_update_uses_max_lr_over_warmup_steps():
    for warmup_steps in (1, 3, 10):
        assert rates([1], warmup_steps=warmup_steps) == pytest.approx([0.8 / warmup_steps])


def test_the_rate_falls_along_half_a_cosine():
    # 0, 1/4, 1/2 and 3/4 of the way from step 4 to step 12
    bend = 0.3 * math.sqrt(0.5)
    assert rates([4, 6, 8, 10]) == pytest.approx([0.8, 0.5 + bend, 0.5, 0.5 - bend])


def test_the_last_update_and_all_after_it_use_exactly_min_lr():
    assert rates([12, 13, 1000]) == [0.2, 0.2, 0.2]
    assert rates([11])[0] > 0.2


def test_without_warmup_the_cosine_agrees_with_torch():
    dummy = parameter(1.0, grad=(0.0,))
    optimizer = torch.optim.SGD([dummy], lr=0.8)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=12, eta_min=0.2)
    expected = []
    for _ in range(13):
        expected.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    assert rates(range(13), warmup_steps=0) == pytest.approx(expected)


def test_warmup_may_be_the_whole_run():
    assert rates([0, 6, 11, 12, 13], warmup_steps=12) == pytest.approx(
        [0.0, 0.4, 0.8 * 11 / 12, 0.2, 0.2]
    )
    assert rates([0, 1], warmup_steps=0, max_steps=0) == [0.2, 0.2]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"warmup_steps": 13}, r"\(13\).*\(12\)"),
        ({"warmup_steps": -1}, r"\(-1\)"),
        ({"max_lr": 0.1}, r"\(0\.2\).*\(0\.1\)"),
        ({"min_lr": -0.1}, r"\(-0\.1\)"),
    ],
)
def test_numbers_out_of_order_are_refused(settings, said):
    with pytest.raises(ValueError, match=said):
        rates([1], **settings)
    with pytest.raises(ValueError, match=r"step \(-1\)"):
        rates([-1])


# ---- stretch, given: Muon ----


@pytest.mark.parametrize("shape", [(6, 6), (4, 9), (9, 4), (1, 5)])
def test_orthogonalized_keeps_the_singular_vectors_and_brings_the_values_near_one(shape):
    matrix = randn(*shape)
    u, _, v = torch.linalg.svd(matrix, full_matrices=False)
    inside = u.T @ orthogonalized(matrix) @ v.T  # diagonal: the same singular vectors
    values = inside.diagonal()
    assert_close(inside, values.diag(), rtol=0, atol=1e-9)
    assert values.min() > 0.65 and values.max() < 1.25


def test_orthogonalized_forgets_the_size_and_keeps_zero():
    matrix = randn(3, 5)
    assert_close(orthogonalized(1000 * matrix), orthogonalized(matrix), rtol=1e-5, atol=1e-6)
    assert_close(orthogonalized(torch.zeros(3, 5)), torch.zeros(3, 5))


@pytest.mark.parametrize("shape", [(32, 32), (16, 64), (64, 16)])
def test_a_step_of_muon_moves_an_entry_by_about_a_fifth_of_lr(shape):
    moved = nn.Parameter(randn(*shape))
    moved.grad = 1000 * randn(*shape, seed=1)
    Muon([moved], lr=0.1, weight_decay=0.0).step()
    step = moved.detach() - randn(*shape)
    assert step.square().mean().sqrt().item() == pytest.approx(0.02, rel=0.25)
    assert (step * moved.grad).sum() < 0  # downhill


def test_muon_averages_its_gradients_and_decays_like_adamw():
    moved = nn.Parameter(torch.eye(2, dtype=torch.float64))
    optimizer = Muon([moved], lr=0.1, momentum=0.5, weight_decay=0.2)
    expected, average = moved.detach().clone(), torch.zeros(2, 2, dtype=torch.float64)
    for seed in range(3):
        moved.grad = randn(2, 2, seed=seed)
        average = (average + moved.grad) / 2
        step = 0.2 * math.sqrt(2) * orthogonalized((average + moved.grad) / 2)
        expected = expected * (1 - 0.1 * 0.2) - 0.1 * step
        optimizer.step()
    assert_close(moved.detach(), expected)


def test_muon_refuses_what_is_no_matrix():
    for shape in [(5,), (2, 3, 4)]:
        with pytest.raises(ValueError, match="parameter 1 .*" + re.escape(str(shape))):
            Muon([nn.Parameter(torch.ones(2, 2)), nn.Parameter(torch.ones(shape))])
