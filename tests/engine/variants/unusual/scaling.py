# ruff: noqa
# fmt: off
# Correct and unusual implementations of the exercises of `g2c.scaling`: the diagnosis must be silent on them.

# BEGIN VARIANT scaling.parameter_table builds_one: asks a model of shapes without numbers
from g2c.transformer import TransformerLM

words = {"token_embeddings": "embeddings", "position_embeddings": "positions",
         "attn": "attention", "ffn": "ffn", "lm_head": "head"}
table = dict.fromkeys((*words.values(), "norms"), 0)
for name, parameter in TransformerLM(config, device="meta").named_parameters():
    part = next((words[word] for word in name.split(".") if word in words), "norms")
    table[part] += parameter.numel()
return table
# END VARIANT

# BEGIN VARIANT scaling.parameter_table layer_by_layer: a counter, filled in a loop
from collections import Counter

table = Counter(embeddings=V * D, positions=0, attention=0, ffn=0, norms=0, head=0)
norm = 2 * D if bias and config.norm == "layer" else D
for _ in range(L):
    table["attention"] += sum(linear_numbers(D, width, bias) for width in (D, kv, kv, D))
    for i, o in [(D, F), (F, D), (D, F)][: 3 if gated else 2]:
        table["ffn"] += linear_numbers(i, o, bias)
    table["norms"] += norm + norm
table["norms"] += norm * config.pre_norm
if config.positions == "learned":
    table["positions"] += config.context_length * D
if not config.tied:
    table["head"] += V * D
return dict(table)
# END VARIANT

# BEGIN VARIANT scaling.parameter_table closed_form: matrices and biases multiplied out
b = int(bias)
return {
    "head": (not config.tied) * V * D,
    "norms": (2 * L + config.pre_norm) * D * (1 + b * (config.norm == "layer")),
    "ffn": L * ((2 + gated) * D * F + b * ((1 + gated) * F + D)),
    "attention": 2 * L * (D + b) * (D + kv),
    "positions": (config.positions == "learned") * config.context_length * D,
    "embeddings": V * D,
}
# END VARIANT

# BEGIN VARIANT scaling.parameter_table shapes: a list of all shapes, and their products
from math import prod

def linear(i, o):
    return [(o, i), (o,)] if bias else [(o, i)]

norm = [(D,), (D,)] if config.norm == "layer" and bias else [(D,)]
shapes = {
    "embeddings": [(V, D)],
    "positions": [(config.context_length, D)] if config.positions == "learned" else [],
    "attention": L * (2 * linear(D, D) + 2 * linear(D, kv)),
    "ffn": L * (linear(D, F) * (2 if gated else 1) + linear(F, D)),
    "norms": norm * (2 * L + bool(config.pre_norm)),
    "head": [] if config.tied else [(V, D)],
}
return {part: sum(map(prod, each)) for part, each in shapes.items()}
# END VARIANT

# BEGIN VARIANT scaling.parameter_table recursion: a model of one layer less, and one layer
from dataclasses import replace

norm = D + (D if config.norm == "layer" and bias else 0)
attention = 2 * (linear_numbers(D, D, bias) + linear_numbers(D, kv, bias))
ffn = linear_numbers(D, F, bias) * (1 + gated) + linear_numbers(F, D, bias)
if L == 1:
    return {"embeddings": V * D, "attention": attention, "ffn": ffn,
            "positions": config.context_length * D if config.positions == "learned" else 0,
            "norms": 3 * norm if config.pre_norm else 2 * norm, "head": 0 if config.tied else V * D}
table = parameter_table(replace(config, num_layers=L - 1))
for part, numbers in (("attention", attention), ("ffn", ffn), ("norms", 2 * norm)):
    table[part] += numbers
return table
# END VARIANT

# BEGIN VARIANT scaling.parameter_table nothing_taken_off: all that could be, less what is not there
table = {
    "embeddings": V * D,
    "positions": config.context_length * D,
    "attention": 4 * L * linear_numbers(D, D, bias),
    "ffn": L * (2 * linear_numbers(D, F, bias) + linear_numbers(F, D, bias)),
    "norms": (2 * L + 1) * 2 * D,
    "head": V * D,
}
table["attention"] -= 2 * L * linear_numbers(D, D - kv, bias)
if config.positions != "learned":
    table["positions"] = 0
if not gated:
    table["ffn"] -= L * linear_numbers(D, F, bias)
if not config.pre_norm:
    table["norms"] -= 2 * D
if config.norm != "layer" or not bias:
    table["norms"] //= 2
if config.tied:
    table["head"] -= V * D
return table
# END VARIANT

# BEGIN VARIANT scaling.product_flops prod: math.prod of all fields but the name
from dataclasses import astuple
from math import prod

return 2 * prod(astuple(self)[1:])
# END VARIANT

# BEGIN VARIANT scaling.product_flops doubled: the multiplications, plus as many additions
multiplications = self.m * self.n * self.p * self.count
additions = multiplications
return multiplications + additions
# END VARIANT

# BEGIN VARIANT scaling.product_flops shifted: one bit to the left
return (self.count * self.p * self.n * self.m) << 1
# END VARIANT

# BEGIN VARIANT scaling.product_flops entry_by_entry: what one entry costs, times the entries
an_entry = sum((self.n, self.n))
a_product = self.m * self.p * an_entry
return self.count * a_product
# END VARIANT

# BEGIN VARIANT scaling.product_flops reduced: functools.reduce over the sizes
import operator
from functools import reduce

return reduce(operator.mul, (self.m, self.n, self.p, self.count), 2)
# END VARIANT

# BEGIN VARIANT scaling.product_flops recursion: one product, and the rest of the count
from dataclasses import replace

if self.count == 0:
    return 0
if self.count > 1:
    half = self.count // 2
    return replace(self, count=half).flops + replace(self, count=self.count - half).flops
return (self.m + self.m) * self.n * self.p
# END VARIANT

# BEGIN VARIANT scaling.layer_products generator: yields one after the other
def rows():
    yield "q_proj", T, D, D
    yield from ((name, T, D, kv) for name in ("k_proj", "v_proj"))
    yield "scores", T, K, S, H
    yield "mix", T, S, K, H
    yield "output_proj", T, D, D
    yield "w1", T, D, F
    if gated:
        yield "w3", T, D, F
    yield "w2", T, F, D

return [Product(*row) for row in rows()]
# END VARIANT

# BEGIN VARIANT scaling.layer_products letters: sizes named by letters in a text
sizes = dict(T=T, S=S, D=D, K=K, F=F, G=kv)
text = "q_proj TDD, k_proj TDG, v_proj TDG, scores TKS, mix TSK, output_proj TDD, w1 TDF, w3 TDF, w2 TFD"
products = []
for row in text.split(", "):
    name, letters = row.split()
    if name == "w3" and not gated:
        continue
    count = H if name in ("scores", "mix") else 1
    products.append(Product(name, *(sizes[letter] for letter in letters), count=count))
return products
# END VARIANT

# BEGIN VARIANT scaling.layer_products gate_inserted: all but the gate, and the gate at its place
projections = [Product(name, T, D, p) for name, p in (("q_proj", D), ("k_proj", kv), ("v_proj", kv))]
among = [Product("scores", T, K, S, count=H), Product("mix", T, S, K, count=H)]
ends = [Product("output_proj", T, D, D), Product("w1", T, D, F), Product("w2", T, F, D)]
products = projections + among + ends
if gated:
    products.insert(-1, Product("w3", T, D, F))
return products
# END VARIANT

# BEGIN VARIANT scaling.layer_products sorted_at_the_end: made in any order, sorted by name
order = "q_proj k_proj v_proj scores mix output_proj w1 w3 w2".split()
found = [Product(name, T, D, F) for name in (("w3", "w1") if gated else ("w1",))]
found.append(Product(name="w2", m=T, n=F, p=D))
found += [Product(name, T, D, D) for name in ("output_proj", "q_proj")]
found += [Product(name, T, D, kv) for name in ("v_proj", "k_proj")]
found += [Product("mix", T, S, D // H, H), Product("scores", T, D // H, S, H)]
return sorted(found, key=lambda product: order.index(product.name))
# END VARIANT

# BEGIN VARIANT scaling.layer_products widths: inputs and outputs in two dicts
learned = {"q_proj": (D, D), "k_proj": (D, kv), "v_proj": (D, kv), "output_proj": (D, D),
           "w1": (D, F), "w3": (D, F) if gated else None, "w2": (F, D)}
products = [Product(name, T, *pair) for name, pair in learned.items() if pair]
products[3:3] = [Product("scores", T, K, S, H), Product("mix", T, S, K, H)]
return products
# END VARIANT

# BEGIN VARIANT scaling.layer_products replaced: copies of one product with other fields
from dataclasses import replace

q = Product("q_proj", T, D, D)
k = replace(q, name="k_proj", p=kv)
scores = replace(q, name="scores", n=K, p=S, count=H)
w1 = replace(q, name="w1", p=F)
return [
    q, k, replace(k, name="v_proj"),
    scores, replace(scores, name="mix", n=S, p=K),
    replace(q, name="output_proj"), w1,
    *([replace(w1, name="w3")] if gated else []),
    replace(w1, name="w2", n=F, p=D),
]
# END VARIANT

# BEGIN VARIANT scaling.training_flops windows_and_a_rest: whole windows, and a part of one
windows, rest = divmod(tokens, T)
step = 3 * total_flops(forward_flops(config, T))
return windows * step + rest * step // T
# END VARIANT

# BEGIN VARIANT scaling.training_flops gradients_listed: the two products of each gradient, by their sizes
total = 0
for product in forward_flops(config, T):
    m, n, p = product.m, product.n, product.p
    for a, b, c in ((m, n, p), (m, p, n), (n, m, p)):
        total += 2 * a * b * c * product.count
return total * tokens // T
# END VARIANT

# BEGIN VARIANT scaling.training_flops exact_fraction: a fraction, and its floor
from fractions import Fraction
from math import floor

forward = sum(product.flops for product in forward_flops(config, T))
return floor(Fraction(tokens, T) * (forward + 2 * forward))
# END VARIANT

# BEGIN VARIANT scaling.training_flops three_passes: the list of products, three times over
passes = [*forward_flops(config, T)] * 3
return (total_flops(passes) * tokens) // T
# END VARIANT

# BEGIN VARIANT scaling.training_flops count_tripled: products with three times their count
from dataclasses import replace

all_of_it = (replace(p, count=3 * p.count) for p in forward_flops(config, T))
quotient, _ = divmod(tokens * total_flops(all_of_it), T)
return quotient
# END VARIANT

# BEGIN VARIANT scaling.training_flops remainder_taken_off: subtracts the remainder, and divides what is left
forward = total_flops(forward_flops(config, T))
backward = forward + forward
paid = (forward + backward) * tokens
return (paid - paid % T) // T
# END VARIANT

# BEGIN VARIANT scaling.memory_ledger branches: an if for each optimizer
n = parameter_count(config)
if optimizer == "sgd":
    averages = 0
elif optimizer == "muon":
    averages = inner + 2 * (n - inner)
else:
    averages = n + n
weights, state = (dtype.itemsize * number for number in (n, averages))
return MemoryLedger(weights, weights, state, sum(activations.values()))
# END VARIANT

# BEGIN VARIANT scaling.memory_ledger inside_and_outside: averages for each of the two kinds of parameters
outer = parameter_count(config) - inner
of_inner, of_outer = {"sgd": (0, 0), "adamw": (2, 2), "muon": (1, 2)}[optimizer]
b = dtype.itemsize
return MemoryLedger(
    activations=sum(activations.values()),
    optimizer_state=b * of_inner * inner + b * of_outer * outer,
    gradients=b * (inner + outer),
    weights=b * (inner + outer),
)
# END VARIANT

# BEGIN VARIANT scaling.memory_ledger real_size: the element size of an empty tensor
size = torch.empty(0, dtype=dtype).element_size()
weights = size * parameter_count(config)
state = 2 * weights * (optimizer != "sgd") - size * inner * (optimizer == "muon")
kept = 0
for bytes in activations.values():
    kept += bytes
return MemoryLedger(weights, gradients=weights, optimizer_state=state, activations=kept)
# END VARIANT

# BEGIN VARIANT scaling.memory_ledger by_part: sums over the table of parameters
from g2c.scaling.parameters import parameter_table

numbers = 0
for part in parameter_table(config).values():
    numbers += part
copies = {"weights": numbers, "gradients": numbers}
copies["optimizer_state"] = {"sgd": lambda: 0, "adamw": lambda: numbers * 2,
                             "muon": lambda: numbers + (numbers - inner)}[optimizer]()
ledger = {name: number * dtype.itemsize for name, number in copies.items()}
return MemoryLedger(**ledger, activations=sum(activations.values()))
# END VARIANT

# BEGIN VARIANT scaling.memory_ledger matched: match, and a list of copies
copies = [parameter_count(config)] * 2
match optimizer:
    case "adamw":
        copies.append(2 * copies[0])
    case "muon":
        copies.append(2 * copies[0] - inner)
    case _:
        copies.append(0)
return MemoryLedger(*(dtype.itemsize * number for number in copies), sum(activations.values()))
# END VARIANT

# BEGIN VARIANT scaling.memory_ledger bits: sizes in bits, from what torch says about the dtype
bits = torch.finfo(dtype).bits
n = parameter_count(config)
averages = OPTIMIZERS.index(optimizer)
averages = [0, 2 * n, 2 * n - inner][averages]
return MemoryLedger(n * bits // 8, n * bits // 8, averages * bits // 8, sum(activations.values()))
# END VARIANT

# BEGIN VARIANT scaling.power_law_above polyfit: numpy's
import numpy as np

slope, middle = np.polyfit(np.log(np.asarray(sizes, float)), np.log(np.asarray(losses) - floor), 1)
return PowerLaw(floor, float(np.exp(middle)), float(-slope))
# END VARIANT

# BEGIN VARIANT scaling.power_law_above normal_equations: sums of products, without means
n = len(sizes)
x, y = [math.log(s) for s in sizes], [math.log(l - floor) for l in losses]
sx, sy = math.fsum(x), math.fsum(y)
sxx, sxy = math.fsum(a * a for a in x), math.fsum(a * b for a, b in zip(x, y))
slope = (n * sxy - sx * sy) / (n * sxx - sx * sx)
return PowerLaw(floor, math.exp((sy - slope * sx) / n), -slope)
# END VARIANT

# BEGIN VARIANT scaling.power_law_above standard_library: statistics.linear_regression
from statistics import linear_regression

x, y = list(map(math.log, sizes)), [math.log(loss - floor) for loss in losses]
slope, intercept = linear_regression(x, y)
return PowerLaw(floor=floor, exponent=-slope, scale=math.e**intercept)
# END VARIANT

# BEGIN VARIANT scaling.power_law_above pairs_of_points: the slopes of all pairs, weighted by their squared distance
from itertools import combinations

points = [(math.log2(s), math.log2(l - floor)) for s, l in zip(sizes, losses)]
above = below = 0.0
for (a, b), (c, d) in combinations(points, 2):
    above += (c - a) * (d - b)
    below += (c - a) ** 2
exponent = -above / below
middle = sum(b + exponent * a for a, b in points) / len(points)
return PowerLaw(floor, 2**middle, exponent)
# END VARIANT

# BEGIN VARIANT scaling.power_law_above torch_lstsq: least squares by torch, in float64
import torch

x = torch.tensor([float(s) for s in sizes], dtype=torch.float64).log()
y = torch.tensor([float(l) for l in losses], dtype=torch.float64).sub(floor).log()
columns = torch.stack((torch.ones_like(x), -x), dim=1)
middle, exponent = torch.linalg.lstsq(columns, y[:, None]).solution.flatten().tolist()
return PowerLaw(floor, math.exp(middle), exponent)
# END VARIANT

# BEGIN VARIANT scaling.power_law_above complex_numbers: centred points as complex numbers
points = [complex(math.log(s), math.log(l - floor)) for s, l in zip(sizes, losses)]
centre = sum(points) / len(points)
moved = [point - centre for point in points]
slope = sum(z.real * z.imag for z in moved) / sum(z.real * z.real for z in moved)
return PowerLaw(floor, math.exp(centre.imag - slope * centre.real), -slope)
# END VARIANT
