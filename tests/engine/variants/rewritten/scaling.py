# ruff: noqa
# fmt: off
# The mistakes of `course/mistakes/scaling.py` as somebody else would write them: they measure the diagnosis.

# BEGIN VARIANT scaling.parameter_table heads_counted_twice: loops over layers and heads
attention = 0
for layer in range(L):
    for head in range(config.num_heads):
        for width in (D, kv, kv, D):
            attention += D * width
            if bias:
                attention += width
matrices = 3 if gated else 2
ffn = matrices * D * F
if bias:
    ffn += (matrices - 1) * F + D
norms = 2 * L + int(config.pre_norm)
norm = 2 * D if bias and config.norm == "layer" else D
table = dict(embeddings=V * D, positions=0, attention=attention, ffn=L * ffn, norms=norms * norm)
if config.positions == "learned":
    table["positions"] = config.context_length * D
table["head"] = V * D * (not config.tied)
return table
# END VARIANT

# BEGIN VARIANT scaling.parameter_table shared_heads_in_full: sums over the shapes of one layer
def learned(shapes):
    return sum(i * o + (o if bias else 0) for i, o in shapes)

shapes_of_ffn = [(D, F), (F, D)] + [(D, F)] * gated
per_norm = D
if config.norm == "layer" and bias:
    per_norm *= 2
counts = {}
counts["head"] = 0 if config.tied else D * V
counts["norms"] = per_norm * (2 * L + bool(config.pre_norm))
counts["ffn"] = L * learned(shapes_of_ffn)
counts["attention"] = L * learned([(D, D)] * 4)
counts["positions"] = D * config.context_length * (config.positions == "learned")
counts["embeddings"] = D * V
return counts
# END VARIANT

# BEGIN VARIANT scaling.parameter_table swiglu_with_two_matrices: written out, without the helper
shift = 1 if bias else 0
q = o = D * D + shift * D
k = v = D * kv + shift * kv
up, down = D * F + shift * F, F * D + shift * D
gain = D
if bias and config.norm == "layer":
    gain += D
norms = 2 * L
if config.pre_norm:
    norms += 1
positions = 0
if config.positions == "learned":
    positions = config.context_length * D
head = V * D
if config.tied:
    head = 0
return {"embeddings": V * D, "positions": positions, "attention": (q + k + v + o) * L,
        "ffn": (up + down) * L, "norms": gain * norms, "head": head}
# END VARIANT

# BEGIN VARIANT scaling.parameter_table tied_head_counted_twice: a table filled layer by layer
table = dict.fromkeys(("embeddings", "positions", "attention", "ffn", "norms", "head"), 0)
table["embeddings"] += V * D
table["head"] += linear_numbers(D, V, False)
if config.positions == "learned":
    table["positions"] += config.context_length * D
norm = 2 * D if config.norm == "layer" and bias else D
for _ in range(L):
    for width in (D, kv, kv, D):
        table["attention"] += linear_numbers(D, width, bias)
    table["ffn"] += linear_numbers(D, F, bias) + linear_numbers(F, D, bias)
    if gated:
        table["ffn"] += linear_numbers(D, F, bias)
    table["norms"] += 2 * norm
if config.pre_norm:
    table["norms"] += norm
return table
# END VARIANT

# BEGIN VARIANT scaling.parameter_table biases_forgotten: the helper with bias=False
def matrix(rows, columns):
    return linear_numbers(rows, columns, bias=False)

per_layer = {
    "attention": matrix(D, D) + matrix(D, kv) + matrix(D, kv) + matrix(D, D),
    "ffn": matrix(D, F) + matrix(F, D) + (matrix(D, F) if gated else 0),
    "norms": 2 * D,
}
table = {part: numbers * L for part, numbers in per_layer.items()}
table["norms"] += D if config.pre_norm else 0
table["embeddings"] = matrix(V, D)
table["positions"] = matrix(config.context_length, D) if config.positions == "learned" else 0
table["head"] = matrix(D, V) if not config.tied else 0
return table
# END VARIANT

# BEGIN VARIANT scaling.parameter_table last_norm_forgotten: a loop over layers
attention = ffn = norms = 0
for layer in range(L):
    attention += linear_numbers(D, D, bias) + linear_numbers(D, D, bias)
    attention += linear_numbers(D, kv, bias) + linear_numbers(D, kv, bias)
    ffn += sum(linear_numbers(*shape, bias) for shape in [(D, F), (F, D)])
    ffn += linear_numbers(D, F, bias) if gated else 0
    for norm in ("before attention", "before the feed-forward"):
        norms += D
        if config.norm == "layer" and config.bias:
            norms += D
return {
    "embeddings": D * V,
    "positions": {"learned": config.context_length * D}.get(config.positions, 0),
    "attention": attention,
    "ffn": ffn,
    "norms": norms,
    "head": (1 - int(config.tied)) * V * D,
}
# END VARIANT

# BEGIN VARIANT scaling.parameter_table one_layer_only: a list of pairs made into a dict
norm = D * (1 + (bias and config.norm == "layer"))
rows = [("embeddings", V * D)]
rows.append(("positions", config.context_length * D * (config.positions == "learned")))
rows.append(("attention", sum(linear_numbers(D, width, bias) for width in (D, kv, kv, D))))
rows.append(("ffn", (1 + gated) * linear_numbers(D, F, bias) + linear_numbers(F, D, bias)))
rows.append(("norms", 3 * norm if config.pre_norm else 2 * norm))
rows.append(("head", V * D if config.tied is False else 0))
return dict(rows)
# END VARIANT

# BEGIN VARIANT scaling.parameter_table positions_always_learned: one comprehension over the parts
b = int(bias)
attention = L * (2 * D * D + 2 * D * kv + b * 2 * (D + kv))
ffn = L * ((3 if gated else 2) * D * F + b * ((2 if gated else 1) * F + D))
norms = (2 * L + config.pre_norm) * (D + b * D * (config.norm == "layer"))
numbers = (V * D, config.context_length * D, attention, ffn, norms, V * D * (not config.tied))
names = "embeddings positions attention ffn norms head".split()
return {name: number for name, number in zip(names, numbers)}
# END VARIANT

# BEGIN VARIANT scaling.product_flops additions_forgotten: a product over a tuple
import math

return math.prod((self.m, self.n, self.p, self.count))
# END VARIANT

# BEGIN VARIANT scaling.product_flops count_forgotten: entries times what one of them costs
entries = self.m * self.p
multiplications, additions = self.n, self.n
return entries * (multiplications + additions)
# END VARIANT

# BEGIN VARIANT scaling.product_flops size_of_the_result: one addition and one multiplication an entry
entries = self.m * self.p
total = entries + entries
return total * self.count
# END VARIANT

# BEGIN VARIANT scaling.product_flops first_addition_saved: multiplications and additions by themselves
multiplications = self.m * self.n * self.p
additions = self.m * (self.n - 1) * self.p
return (multiplications + additions) * self.count
# END VARIANT

# BEGIN VARIANT scaling.layer_products scores_forgotten: a list that grows
products = [Product("q_proj", m=T, n=D, p=D)]
for name in ("k_proj", "v_proj"):
    products.append(Product(name, m=T, n=D, p=kv))
products.append(Product("output_proj", m=T, n=D, p=D))
products.append(Product("w1", m=T, n=D, p=F))
if gated:
    products.append(Product("w3", m=T, n=D, p=F))
products.append(Product("w2", m=T, n=F, p=D))
return products
# END VARIANT

# BEGIN VARIANT scaling.layer_products full_width_in_each_head: rows of names and sizes
rows = [
    ("q_proj", T, D, D, 1), ("k_proj", T, D, kv, 1), ("v_proj", T, D, kv, 1),
    ("scores", T, H * K, S, H), ("mix", T, S, H * K, H), ("output_proj", T, D, D, 1),
    ("w1", T, D, F, 1), ("w3", T, D, F, 1), ("w2", T, F, D, 1),
]
return [Product(*row) for row in rows if gated or row[0] != "w3"]
# END VARIANT

# BEGIN VARIANT scaling.layer_products one_head: a dict of sizes, in order
sizes = {"q_proj": (T, D, D)}
sizes["k_proj"] = sizes["v_proj"] = (T, D, kv)
sizes["scores"] = (T, D // H, S)
sizes["mix"] = (T, S, D // H)
sizes["output_proj"] = (T, D, D)
sizes["w1"] = (T, D, F)
if gated:
    sizes["w3"] = (T, D, F)
sizes["w2"] = (T, F, D)
return [Product(name, *size) for name, size in sizes.items()]
# END VARIANT

# BEGIN VARIANT scaling.layer_products scores_of_the_window_alone: attention and feed-forward as two lists
window = T
attention = [
    Product("q_proj", T, D, H * K),
    Product("k_proj", T, D, kv),
    Product("v_proj", T, D, kv),
    Product("scores", T, K, window, H),
    Product("mix", T, window, K, H),
    Product("output_proj", T, H * K, D),
]
feed_forward = [Product("w1", T, D, F), Product("w2", T, F, D)]
if gated:
    feed_forward.insert(1, Product("w3", T, D, F))
return attention + feed_forward
# END VARIANT

# BEGIN VARIANT scaling.layer_products keys_made_again: a helper for what is learned
def learned(name, i, o, rows=T):
    return Product(name, rows, i, o)

out = [learned("q_proj", D, D), learned("k_proj", D, kv, S), learned("v_proj", D, kv, S)]
out += [Product("scores", T, K, S, H), Product("mix", T, S, K, H)]
out += [learned("output_proj", D, D), learned("w1", D, F)]
out += [learned("w3", D, F)] if gated else []
out += [learned("w2", F, D)]
return out
# END VARIANT

# BEGIN VARIANT scaling.layer_products shared_heads_in_full: a comprehension for the projections
first = [Product(name + "_proj", T, D, H * K) for name in "qkv"]
middle = [Product("scores", T, K, S, count=H), Product("mix", T, S, K, count=H)]
last = [Product("output_proj", T, D, D)]
ffn = [Product(name, T, D, F) for name in (["w1", "w3"] if gated else ["w1"])]
return first + middle + last + ffn + [Product("w2", T, F, D)]
# END VARIANT

# BEGIN VARIANT scaling.layer_products swiglu_with_two_matrices: unpacked rows
rows = (("q_proj", T, D, D), ("k_proj", T, D, kv), ("v_proj", T, D, kv))
after = (("output_proj", T, D, D), ("w1", T, D, F), ("w2", T, F, D))
heads = (("scores", T, K, S, H), ("mix", T, S, K, H))
return [Product(*row) for row in (*rows, *heads, *after)]
# END VARIANT

# BEGIN VARIANT scaling.layer_products gate_in_every_layer: a generator in a list
def rows():
    yield Product("q_proj", T, D, D)
    for name in ("k_proj", "v_proj"):
        yield Product(name, T, D, kv)
    yield Product("scores", T, K, S, count=H)
    yield Product("mix", T, S, K, count=H)
    yield Product("output_proj", T, D, D)
    for name in ("w1", "w3"):
        yield Product(name, T, D, F)
    yield Product("w2", T, F, D)

return list(rows())
# END VARIANT

# BEGIN VARIANT scaling.layer_products half_of_the_scores: the half in a name of its own
visible = int(S / 2)
products = []
products += [Product("q_proj", T, D, D), Product("k_proj", T, D, kv), Product("v_proj", T, D, kv)]
products += [Product("scores", m=T, n=K, p=visible, count=H)]
products += [Product("mix", m=T, n=visible, p=K, count=H)]
products += [Product("output_proj", T, D, D), Product("w1", T, D, F)]
if gated:
    products += [Product("w3", T, D, F)]
return products + [Product("w2", T, F, D)]
# END VARIANT

# BEGIN VARIANT scaling.training_flops forward_alone: a sum over the products
total = sum(product.flops * tokens for product in forward_flops(config, T))
return total // T
# END VARIANT

# BEGIN VARIANT scaling.training_flops backward_as_forward: the way back as a name of its own
forward = sum(product.flops for product in forward_flops(config, T))
backward = forward
return (forward + backward) * tokens // T
# END VARIANT

# BEGIN VARIANT scaling.training_flops a_window_for_each_token: each product three times
cost = 0
for product in forward_flops(config, T):
    cost += product.flops + 2 * product.flops
return cost * tokens
# END VARIANT

# BEGIN VARIANT scaling.training_flops one_token_windows: forward and backward of a single token
one_token = forward_flops(config, 1)
forward = total_flops(one_token)
backward = 2 * forward
return tokens * (forward + backward)
# END VARIANT

# BEGIN VARIANT scaling.training_flops six_n_d: three times two, for the sum of the table
from g2c.scaling.parameters import parameter_table

total_flops(forward_flops(config, T))
numbers = sum(parameter_table(config).values())
forward = 2 * numbers * tokens
return forward + 2 * forward
# END VARIANT

# BEGIN VARIANT scaling.memory_ledger adamw_with_one_average: an if for each optimizer
total = parameter_count(config)
if optimizer == "sgd":
    state = 0
elif optimizer == "adamw":
    state = total
else:
    state = inner + 2 * (total - inner)
one = dtype.itemsize
return MemoryLedger(total * one, total * one, state * one, sum(activations.values()))
# END VARIANT

# BEGIN VARIANT scaling.memory_ledger gradients_forgotten: a match over optimizers
match optimizer:
    case "sgd":
        averages = 0
    case "adamw":
        averages = 2 * parameter_count(config)
    case "muon":
        averages = inner + 2 * (parameter_count(config) - inner)
return MemoryLedger(
    parameter_count(config) * dtype.itemsize,
    0,
    averages * dtype.itemsize,
    sum(activations.values()),
)
# END VARIANT

# BEGIN VARIANT scaling.memory_ledger always_four_bytes: the bytes of a default tensor
four = torch.zeros(1, dtype=torch.float32).element_size()
weights = four * parameter_count(config)
rest = weights - four * inner
state = {"sgd": 0, "adamw": weights + weights, "muon": four * inner + 2 * rest}
kept = sum(bytes for bytes in activations.values())
return MemoryLedger(
    activations=kept, optimizer_state=state[optimizer], gradients=weights, weights=weights
)
# END VARIANT

# BEGIN VARIANT scaling.memory_ledger numbers_not_bytes: counts for inner and outer parameters
outer = parameter_count(config) - inner
averages = {"sgd": (0, 0), "adamw": (2, 2), "muon": (1, 2)}[optimizer]
state = averages[0] * inner + averages[1] * outer
return MemoryLedger(inner + outer, inner + outer, state, sum(activations.values()))
# END VARIANT

# BEGIN VARIANT scaling.memory_ledger muon_for_everything: the place in a tuple as the factor
bytes = parameter_count(config) * dtype.itemsize
averages = ("sgd", "muon", "adamw").index(optimizer)
return MemoryLedger(bytes, bytes, averages * bytes, sum(activations.values()))
# END VARIANT

# BEGIN VARIANT scaling.memory_ledger activations_in_numbers: a helper that makes bytes of everything
def in_bytes(number):
    return number * dtype.itemsize

n = parameter_count(config)
state = 0
if optimizer in ("adamw", "muon"):
    state = 2 * n
if optimizer == "muon":
    state -= inner
kept = 0
for part in activations:
    kept += activations[part]
return MemoryLedger(*map(in_bytes, (n, n, state, kept)))
# END VARIANT

# BEGIN VARIANT scaling.power_law_above floor_not_taken_off: numpy's polyfit
import numpy as np

slope, intercept = np.polyfit(np.log(sizes), np.log(losses), 1)
return PowerLaw(floor, float(np.exp(intercept)), float(-slope))
# END VARIANT

# BEGIN VARIANT scaling.power_law_above slope_as_exponent: linear_regression of the standard library
import statistics

line = statistics.linear_regression(
    [math.log(size) for size in sizes], [math.log(loss - floor) for loss in losses]
)
return PowerLaw(floor=floor, scale=math.exp(line.intercept), exponent=line.slope)
# END VARIANT

# BEGIN VARIANT scaling.power_law_above scale_still_a_logarithm: numpy's lstsq
import numpy as np

x = np.log(np.asarray(sizes, dtype=float))
y = np.log(np.asarray(losses, dtype=float) - floor)
columns = np.stack((x, np.ones_like(x)), axis=1)
(slope, intercept), *_ = np.linalg.lstsq(columns, y, rcond=None)
return PowerLaw(floor, float(intercept), -float(slope))
# END VARIANT

# BEGIN VARIANT scaling.power_law_above sizes_not_logarithms: polyfit over the sizes
import numpy as np

above = np.array(losses) - floor
slope, intercept = np.polyfit(np.array(sizes, dtype=float), np.log(above), deg=1)
return PowerLaw(floor, math.exp(intercept), -float(slope))
# END VARIANT

# BEGIN VARIANT scaling.power_law_above first_and_last: quotients instead of differences of logarithms
fall = math.log((losses[-1] - floor) / (losses[0] - floor))
growth = math.log(sizes[-1] / sizes[0])
exponent = -fall / growth
scale = (losses[0] - floor) * sizes[0] ** exponent
return PowerLaw(floor, scale, exponent)
# END VARIANT

# BEGIN VARIANT scaling.power_law_above line_through_the_origin: numpy's dot products
import numpy as np

x = np.log(np.asarray(sizes, dtype=float))
y = np.log(np.asarray(losses, dtype=float) - floor)
exponent = -float(np.dot(x, y) / np.dot(x, x))
return PowerLaw(floor, math.exp(0), exponent)
# END VARIANT

# BEGIN VARIANT scaling.rule_of_six embeddings_in_n: forward and backward apart
def rule_of_six(config, tokens):
    forward = 2 * parameter_count(config)
    backward = 2 * forward
    return (forward + backward) * tokens
# END VARIANT

# BEGIN VARIANT scaling.rule_of_six two_n_d: one multiplication and one addition a number
def rule_of_six(config, tokens):
    numbers = matrix_numbers(config)
    return tokens * (numbers + numbers)
# END VARIANT

# BEGIN VARIANT scaling.decoding_flops last_token_passed_too: a loop with a running total
def decoding_flops(config, prompt, new, *, cached):
    total = 0
    if cached:
        total += total_flops(forward_flops(config, prompt))
    for length in range(prompt, prompt + new):
        if cached:
            total += total_flops(forward_flops(config, 1, cached=length))
        else:
            total += total_flops(forward_flops(config, length))
    return total
# END VARIANT

# BEGIN VARIANT scaling.activation_bytes scores_forgotten: the parts one by one
def activation_bytes(config, batch_size, T, dtype=torch.float32):
    if batch_size < 1 or T < 1 or T > config.context_length:
        raise ValueError(f"T is {T} and batch_size {batch_size}")
    if config.dropout > 0:
        raise ValueError(f"there is a dropout of {config.dropout}")
    layers, width = config.num_layers, config.d_model
    size = dtype.itemsize * batch_size * T
    parts = dict(norms=0, attention=0, scores=0, ffn=0)
    for _ in range(layers):
        parts["norms"] += 6 * width * size
        parts["attention"] += 4 * width * size
        parts["ffn"] += 5 * ffn_width(config) * size
    return parts
# END VARIANT

# BEGIN VARIANT scaling.iso_flop equal_steps: the steps of the first config, then a comprehension
def iso_flop(configs, batch_size, flops):
    configs = list(configs)
    costs = [training_flops(c, c.context_length, batch_size * c.context_length) for c in configs]
    steps = int(flops // costs[0]) if configs else 0
    if configs and steps < 1:
        raise ValueError(f"one step takes {costs[0]:,} FLOPs, more than {flops:,.0f}")
    return [
        Plan(c, parameter_count(c), steps, steps * batch_size * c.context_length, steps * cost)
        for c, cost in zip(configs, costs)
    ]
# END VARIANT

# BEGIN VARIANT scaling.fit_power_law no_floor: a list of one floor
def fit_power_law(sizes, losses, *, floors=None):
    different = len({*sizes})
    if different < 3:
        raise ValueError(f"{different} sizes leave the law open: give three or more")
    return min([power_law_above(floor, sizes, losses) for floor in [0.0]], key=lambda law: law.floor)
# END VARIANT
