# Mistakes that an honest beginner makes in `course/g2c/scaling/`: each block is a body for one
# exercise, or a wrong version of a given function, and its sentence is what a student is told about
# it. `./noteboosh.sh selftest mistakes` proves that a test catches each of them.

# ---- parameter_table ----

# BEGIN MISTAKE scaling.parameter_table heads_counted_twice: this counts the four matrices once for each head; the heads share them, each uses D / H of their columns
attention = config.num_heads * (2 * linear_numbers(D, D, bias) + 2 * linear_numbers(D, kv, bias))
ffn = (2 if gated else 1) * linear_numbers(D, F, bias) + linear_numbers(F, D, bias)
norm = D + (D if config.norm == "layer" and bias else 0)
return {
    "embeddings": V * D,
    "positions": config.context_length * D if config.positions == "learned" else 0,
    "attention": L * attention,
    "ffn": L * ffn,
    "norms": (2 * L + (1 if config.pre_norm else 0)) * norm,
    "head": 0 if config.tied else V * D,
}
# END MISTAKE

# BEGIN MISTAKE scaling.parameter_table shared_heads_in_full: this gives keys and values a full matrix each, also where groups of heads share them: with num_kv_heads they are only `kv` wide
attention = 4 * linear_numbers(D, D, bias)
ffn = (2 if gated else 1) * linear_numbers(D, F, bias) + linear_numbers(F, D, bias)
norm = D + (D if config.norm == "layer" and bias else 0)
return {
    "embeddings": V * D,
    "positions": config.context_length * D if config.positions == "learned" else 0,
    "attention": L * attention,
    "ffn": L * ffn,
    "norms": (2 * L + (1 if config.pre_norm else 0)) * norm,
    "head": 0 if config.tied else V * D,
}
# END MISTAKE

# BEGIN MISTAKE scaling.parameter_table swiglu_with_two_matrices: this counts two matrices in the feed-forward; a SwiGLU has three, w3 for what the gate lets through
attention = 2 * linear_numbers(D, D, bias) + 2 * linear_numbers(D, kv, bias)
ffn = linear_numbers(D, F, bias) + linear_numbers(F, D, bias)
norm = D + (D if config.norm == "layer" and bias else 0)
return {
    "embeddings": V * D,
    "positions": config.context_length * D if config.positions == "learned" else 0,
    "attention": L * attention,
    "ffn": L * ffn,
    "norms": (2 * L + (1 if config.pre_norm else 0)) * norm,
    "head": 0 if config.tied else V * D,
}
# END MISTAKE

# BEGIN MISTAKE scaling.parameter_table tied_head_counted_twice: this counts the head also where it is tied: it is then the table of the embeddings, which is counted already
attention = 2 * linear_numbers(D, D, bias) + 2 * linear_numbers(D, kv, bias)
ffn = (2 if gated else 1) * linear_numbers(D, F, bias) + linear_numbers(F, D, bias)
norm = D + (D if config.norm == "layer" and bias else 0)
return {
    "embeddings": V * D,
    "positions": config.context_length * D if config.positions == "learned" else 0,
    "attention": L * attention,
    "ffn": L * ffn,
    "norms": (2 * L + (1 if config.pre_norm else 0)) * norm,
    "head": V * D,
}
# END MISTAKE

# BEGIN MISTAKE scaling.parameter_table biases_forgotten: this counts the matrices alone: where the config asks for biases, each Linear of a layer and each LayerNorm has one more vector
attention = 2 * D * D + 2 * D * kv
ffn = (3 if gated else 2) * D * F
return {
    "embeddings": V * D,
    "positions": config.context_length * D if config.positions == "learned" else 0,
    "attention": L * attention,
    "ffn": L * ffn,
    "norms": (2 * L + (1 if config.pre_norm else 0)) * D,
    "head": 0 if config.tied else V * D,
}
# END MISTAKE

# BEGIN MISTAKE scaling.parameter_table last_norm_forgotten: this counts two norms a layer, but with pre-norm there is one more, between the last layer and the head
attention = 2 * linear_numbers(D, D, bias) + 2 * linear_numbers(D, kv, bias)
ffn = (2 if gated else 1) * linear_numbers(D, F, bias) + linear_numbers(F, D, bias)
norm = D + (D if config.norm == "layer" and bias else 0)
return {
    "embeddings": V * D,
    "positions": config.context_length * D if config.positions == "learned" else 0,
    "attention": L * attention,
    "ffn": L * ffn,
    "norms": 2 * L * norm,
    "head": 0 if config.tied else V * D,
}
# END MISTAKE

# BEGIN MISTAKE scaling.parameter_table one_layer_only: this counts one layer; there are num_layers of them, none of which shares its weights with another
attention = 2 * linear_numbers(D, D, bias) + 2 * linear_numbers(D, kv, bias)
ffn = (2 if gated else 1) * linear_numbers(D, F, bias) + linear_numbers(F, D, bias)
norm = D + (D if config.norm == "layer" and bias else 0)
return {
    "embeddings": V * D,
    "positions": config.context_length * D if config.positions == "learned" else 0,
    "attention": attention,
    "ffn": ffn,
    "norms": (2 + (1 if config.pre_norm else 0)) * norm,
    "head": 0 if config.tied else V * D,
}
# END MISTAKE

# BEGIN MISTAKE scaling.parameter_table positions_always_learned: this counts a table of positions in every model; rope and sinusoidal positions are computed and learn nothing
attention = 2 * linear_numbers(D, D, bias) + 2 * linear_numbers(D, kv, bias)
ffn = (2 if gated else 1) * linear_numbers(D, F, bias) + linear_numbers(F, D, bias)
norm = D + (D if config.norm == "layer" and bias else 0)
return {
    "embeddings": V * D,
    "positions": config.context_length * D,
    "attention": L * attention,
    "ffn": L * ffn,
    "norms": (2 * L + (1 if config.pre_norm else 0)) * norm,
    "head": 0 if config.tied else V * D,
}
# END MISTAKE

# ---- product_flops ----

# BEGIN MISTAKE scaling.product_flops additions_forgotten: this counts the multiplications alone: each of them is followed by an addition into the sum, hence 2mnp
return self.m * self.n * self.p * self.count
# END MISTAKE

# BEGIN MISTAKE scaling.product_flops count_forgotten: this counts one product, where the row may stand for several: one for each head, or for each layer
return 2 * self.m * self.n * self.p
# END MISTAKE

# BEGIN MISTAKE scaling.product_flops size_of_the_result: this counts the numbers that come out; each of them is a sum over n products
return 2 * self.m * self.p * self.count
# END MISTAKE

# BEGIN MISTAKE scaling.product_flops first_addition_saved: this counts n - 1 additions for a sum of n; true for a pen, but the rule of this course, and of torch, is 2mnp
return self.m * self.p * (2 * self.n - 1) * self.count
# END MISTAKE

# ---- layer_products ----

# BEGIN MISTAKE scaling.layer_products scores_forgotten: this lists the products with learned matrices alone; the queries also meet the keys, and the weights the values, and that grows with T times S
products = [
    Product("q_proj", T, D, D),
    Product("k_proj", T, D, kv),
    Product("v_proj", T, D, kv),
    Product("output_proj", T, D, D),
    Product("w1", T, D, F),
]
gate = [Product("w3", T, D, F)] if gated else []
return [*products, *gate, Product("w2", T, F, D)]
# END MISTAKE

# BEGIN MISTAKE scaling.layer_products full_width_in_each_head: this gives every head vectors of d_model numbers in the scores; a head has only K = D / H of them
products = [
    Product("q_proj", T, D, D),
    Product("k_proj", T, D, kv),
    Product("v_proj", T, D, kv),
    Product("scores", T, D, S, count=H),
    Product("mix", T, S, D, count=H),
    Product("output_proj", T, D, D),
    Product("w1", T, D, F),
]
gate = [Product("w3", T, D, F)] if gated else []
return [*products, *gate, Product("w2", T, F, D)]
# END MISTAKE

# BEGIN MISTAKE scaling.layer_products one_head: this counts scores and mix for one head; there is one such product in each of the H heads
products = [
    Product("q_proj", T, D, D),
    Product("k_proj", T, D, kv),
    Product("v_proj", T, D, kv),
    Product("scores", T, K, S),
    Product("mix", T, S, K),
    Product("output_proj", T, D, D),
    Product("w1", T, D, F),
]
gate = [Product("w3", T, D, F)] if gated else []
return [*products, *gate, Product("w2", T, F, D)]
# END MISTAKE

# BEGIN MISTAKE scaling.layer_products scores_of_the_window_alone: this lets T positions look at T; with a cache they look at all S that there are
products = [
    Product("q_proj", T, D, D),
    Product("k_proj", T, D, kv),
    Product("v_proj", T, D, kv),
    Product("scores", T, K, T, count=H),
    Product("mix", T, T, K, count=H),
    Product("output_proj", T, D, D),
    Product("w1", T, D, F),
]
gate = [Product("w3", T, D, F)] if gated else []
return [*products, *gate, Product("w2", T, F, D)]
# END MISTAKE

# BEGIN MISTAKE scaling.layer_products keys_made_again: this projects all S positions to keys and values; those before the T new ones lie in the cache already
products = [
    Product("q_proj", T, D, D),
    Product("k_proj", S, D, kv),
    Product("v_proj", S, D, kv),
    Product("scores", T, K, S, count=H),
    Product("mix", T, S, K, count=H),
    Product("output_proj", T, D, D),
    Product("w1", T, D, F),
]
gate = [Product("w3", T, D, F)] if gated else []
return [*products, *gate, Product("w2", T, F, D)]
# END MISTAKE

# BEGIN MISTAKE scaling.layer_products shared_heads_in_full: this makes keys and values D wide, also where groups of heads share them
products = [
    Product("q_proj", T, D, D),
    Product("k_proj", T, D, D),
    Product("v_proj", T, D, D),
    Product("scores", T, K, S, count=H),
    Product("mix", T, S, K, count=H),
    Product("output_proj", T, D, D),
    Product("w1", T, D, F),
]
gate = [Product("w3", T, D, F)] if gated else []
return [*products, *gate, Product("w2", T, F, D)]
# END MISTAKE

# BEGIN MISTAKE scaling.layer_products swiglu_with_two_matrices: this has no w3: a SwiGLU multiplies x with three matrices, not with two
products = [
    Product("q_proj", T, D, D),
    Product("k_proj", T, D, kv),
    Product("v_proj", T, D, kv),
    Product("scores", T, K, S, count=H),
    Product("mix", T, S, K, count=H),
    Product("output_proj", T, D, D),
    Product("w1", T, D, F),
]
return [*products, Product("w2", T, F, D)]
# END MISTAKE

# BEGIN MISTAKE scaling.layer_products gate_in_every_layer: this lists w3 for every model; only a SwiGLU has a gate
products = [
    Product("q_proj", T, D, D),
    Product("k_proj", T, D, kv),
    Product("v_proj", T, D, kv),
    Product("scores", T, K, S, count=H),
    Product("mix", T, S, K, count=H),
    Product("output_proj", T, D, D),
    Product("w1", T, D, F),
]
return [*products, Product("w3", T, D, F), Product("w2", T, F, D)]
# END MISTAKE

# BEGIN MISTAKE scaling.layer_products half_of_the_scores: this counts half of the scores because the mask throws the other half away; plain matrix products compute them first
products = [
    Product("q_proj", T, D, D),
    Product("k_proj", T, D, kv),
    Product("v_proj", T, D, kv),
    Product("scores", T, K, S // 2, count=H),
    Product("mix", T, S // 2, K, count=H),
    Product("output_proj", T, D, D),
    Product("w1", T, D, F),
]
gate = [Product("w3", T, D, F)] if gated else []
return [*products, *gate, Product("w2", T, F, D)]
# END MISTAKE

# ---- training_flops ----

# BEGIN MISTAKE scaling.training_flops forward_alone: this counts the forward pass alone; the way back has two products for each of its products
forward = total_flops(forward_flops(config, T))
return forward * tokens // T
# END MISTAKE

# BEGIN MISTAKE scaling.training_flops backward_as_forward: this counts the way back like one forward pass; each product needs a gradient for both of its factors, and that is two
forward = total_flops(forward_flops(config, T))
return 2 * forward * tokens // T
# END MISTAKE

# BEGIN MISTAKE scaling.training_flops a_window_for_each_token: this pays a whole forward pass for every token; one pass serves all T tokens of a window
forward = total_flops(forward_flops(config, T))
return 3 * forward * tokens
# END MISTAKE

# BEGIN MISTAKE scaling.training_flops one_token_windows: this counts windows of a single token, in which nobody has anybody to look at; the scores of a window of T are left out
return 3 * total_flops(forward_flops(config, 1)) * tokens
# END MISTAKE

# BEGIN MISTAKE scaling.training_flops six_n_d: this is the rule of thumb 6ND, which leaves out the scores, and here N holds the embeddings too, a table that nothing is multiplied with
forward_flops(config, T)
return 6 * parameter_count(config) * tokens
# END MISTAKE

# ---- memory_ledger ----

# BEGIN MISTAKE scaling.memory_ledger adamw_with_one_average: this keeps one number for each parameter; AdamW has two averages, of the gradients and of their squares
numbers = parameter_count(config)
kept = {"sgd": 0, "adamw": numbers, "muon": 2 * numbers - inner}[optimizer]
size = dtype.itemsize
return MemoryLedger(
    weights=numbers * size,
    gradients=numbers * size,
    optimizer_state=kept * size,
    activations=sum(activations.values()),
)
# END MISTAKE

# BEGIN MISTAKE scaling.memory_ledger gradients_forgotten: this has no gradients; each parameter gets one of its own size on the way back
numbers = parameter_count(config)
kept = {"sgd": 0, "adamw": 2 * numbers, "muon": 2 * numbers - inner}[optimizer]
size = dtype.itemsize
return MemoryLedger(
    weights=numbers * size,
    gradients=0,
    optimizer_state=kept * size,
    activations=sum(activations.values()),
)
# END MISTAKE

# BEGIN MISTAKE scaling.memory_ledger always_four_bytes: this gives every number four bytes, whatever its dtype: float64 has eight, bfloat16 two
numbers = parameter_count(config)
kept = {"sgd": 0, "adamw": 2 * numbers, "muon": 2 * numbers - inner}[optimizer]
return MemoryLedger(
    weights=numbers * 4,
    gradients=numbers * 4,
    optimizer_state=kept * 4,
    activations=sum(activations.values()),
)
# END MISTAKE

# BEGIN MISTAKE scaling.memory_ledger numbers_not_bytes: this counts numbers; the ledger is in bytes, so each of them takes the size of its dtype
numbers = parameter_count(config)
kept = {"sgd": 0, "adamw": 2 * numbers, "muon": 2 * numbers - inner}[optimizer]
return MemoryLedger(
    weights=numbers,
    gradients=numbers,
    optimizer_state=kept,
    activations=sum(activations.values()),
)
# END MISTAKE

# BEGIN MISTAKE scaling.memory_ledger muon_for_everything: this keeps one number for every parameter with muon; embeddings, head and vectors stay with AdamW, which keeps two
numbers = parameter_count(config)
kept = {"sgd": 0, "adamw": 2 * numbers, "muon": numbers}[optimizer]
size = dtype.itemsize
return MemoryLedger(
    weights=numbers * size,
    gradients=numbers * size,
    optimizer_state=kept * size,
    activations=sum(activations.values()),
)
# END MISTAKE

# BEGIN MISTAKE scaling.memory_ledger activations_in_numbers: the activations are bytes already, and this multiplies them by the size of a number once more
numbers = parameter_count(config)
kept = {"sgd": 0, "adamw": 2 * numbers, "muon": 2 * numbers - inner}[optimizer]
size = dtype.itemsize
return MemoryLedger(
    weights=numbers * size,
    gradients=numbers * size,
    optimizer_state=kept * size,
    activations=sum(activations.values()) * size,
)
# END MISTAKE

# ---- power_law_above ----

# BEGIN MISTAKE scaling.power_law_above floor_not_taken_off: this takes logarithms of whole losses: a law with a floor is a line only in what lies above the floor
x = [math.log(size) for size in sizes]
y = [math.log(loss) for loss in losses]
mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
covariance = sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True))
slope = covariance / sum((a - mean_x) ** 2 for a in x)
return PowerLaw(floor, math.exp(mean_y - slope * mean_x), -slope)
# END MISTAKE

# BEGIN MISTAKE scaling.power_law_above slope_as_exponent: this gives the slope of the line as the exponent: a falling loss has a negative slope, and the law puts the minus in front itself
x = [math.log(size) for size in sizes]
y = [math.log(loss - floor) for loss in losses]
mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
covariance = sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True))
slope = covariance / sum((a - mean_x) ** 2 for a in x)
return PowerLaw(floor, math.exp(mean_y - slope * mean_x), slope)
# END MISTAKE

# BEGIN MISTAKE scaling.power_law_above scale_still_a_logarithm: this leaves the scale as a logarithm: it is the intercept of the line, and the law wants e to that
x = [math.log(size) for size in sizes]
y = [math.log(loss - floor) for loss in losses]
mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
covariance = sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True))
slope = covariance / sum((a - mean_x) ** 2 for a in x)
return PowerLaw(floor, mean_y - slope * mean_x, -slope)
# END MISTAKE

# BEGIN MISTAKE scaling.power_law_above sizes_not_logarithms: this draws the line over the sizes themselves; that is an exponential, and a power law is a line over their logarithms
x = list(sizes)
y = [math.log(loss - floor) for loss in losses]
mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
covariance = sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True))
slope = covariance / sum((a - mean_x) ** 2 for a in x)
return PowerLaw(floor, math.exp(mean_y - slope * mean_x), -slope)
# END MISTAKE

# BEGIN MISTAKE scaling.power_law_above first_and_last: this draws the line through the first and the last point, and the others say nothing
x = [math.log(size) for size in sizes]
y = [math.log(loss - floor) for loss in losses]
slope = (y[-1] - y[0]) / (x[-1] - x[0])
return PowerLaw(floor, math.exp(y[0] - slope * x[0]), -slope)
# END MISTAKE

# BEGIN MISTAKE scaling.power_law_above line_through_the_origin: this forces the line through the origin, where the scale would be 1: take the means off before the products
x = [math.log(size) for size in sizes]
y = [math.log(loss - floor) for loss in losses]
slope = sum(a * b for a, b in zip(x, y, strict=True)) / sum(a * a for a in x)
return PowerLaw(floor, 1.0, -slope)
# END MISTAKE

# ---- given functions ----

# BEGIN MISTAKE scaling.rule_of_six embeddings_in_n: this takes N as all parameters: the table of the embeddings is looked up in, and no token is multiplied with it
def rule_of_six(config, tokens):
    return 6 * parameter_count(config) * tokens
# END MISTAKE

# BEGIN MISTAKE scaling.rule_of_six two_n_d: this is the forward pass alone: training takes three times as much
def rule_of_six(config, tokens):
    return 2 * matrix_numbers(config) * tokens
# END MISTAKE

# BEGIN MISTAKE scaling.decoding_flops last_token_passed_too: with a cache this lets the last token go through too, though nobody asks for what follows it
def decoding_flops(config, prompt, new, *, cached):
    if not cached:
        return sum(total_flops(forward_flops(config, prompt + i)) for i in range(new))
    first = total_flops(forward_flops(config, prompt))
    rest = (forward_flops(config, 1, cached=prompt + i) for i in range(new))
    return first + sum(map(total_flops, rest))
# END MISTAKE

# BEGIN MISTAKE scaling.activation_bytes scores_forgotten: this forgets the weights of attention, which are kept for the way back and grow with the square of the window
def activation_bytes(config, batch_size, T, dtype=torch.float32):
    D, L, F = config.d_model, config.num_layers, ffn_width(config)
    if batch_size < 1 or not 1 <= T <= config.context_length:
        raise ValueError(f"batch_size is {batch_size} and T {T}")
    if config.dropout:
        raise ValueError(f"dropout is {config.dropout}")
    parts = {"norms": 6 * L * D, "attention": 4 * L * D, "scores": 0, "ffn": 5 * L * F}
    return {part: batch_size * T * n * dtype.itemsize for part, n in parts.items()}
# END MISTAKE

# BEGIN MISTAKE scaling.iso_flop equal_steps: this gives every model as many steps as the first one can pay: a fair comparison spends the same FLOPs, not the same steps
def iso_flop(configs, batch_size, flops):
    plans, steps = [], None
    for config in configs:
        T = config.context_length
        step = training_flops(config, T, batch_size * T)
        steps = steps or int(flops // step)
        if steps < 1:
            raise ValueError(f"one step takes {step:,} FLOPs, more than {flops:,.0f}")
        tokens = steps * batch_size * T
        plans.append(Plan(config, parameter_count(config), steps, tokens, steps * step))
    return plans
# END MISTAKE

# BEGIN MISTAKE scaling.fit_power_law no_floor: this looks for a law without a floor, though no size of model takes away what nobody can predict
def fit_power_law(sizes, losses, *, floors=None):
    if len(set(sizes)) < 3:
        raise ValueError(f"{len(set(sizes))} sizes leave the law open: give three or more")
    return power_law_above(0.0, sizes, losses)
# END MISTAKE
