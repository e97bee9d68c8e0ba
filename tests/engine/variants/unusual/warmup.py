# ruff: noqa
# fmt: off
# Correct and unusual implementations of the exercises of `g2c.warmup`: the diagnosis must be silent on them.

# BEGIN VARIANT warmup.matmul_shape every_third: all four sizes in a row, the first and the last of them
return (*a, *b)[::3]
# END VARIANT

# BEGIN VARIANT warmup.matmul_shape meta: multiplies two matrices without memory
import torch

one, other = (torch.empty(tuple(shape), device="meta") for shape in (a, b))
return tuple((one @ other).shape)
# END VARIANT

# BEGIN VARIANT warmup.matmul_shape match: a pattern with two names
match (tuple(a), tuple(b)):
    case ((rows, _), (_, columns)):
        return rows, columns
# END VARIANT

# BEGIN VARIANT warmup.matmul_shape slices: slices added up
return tuple(a[:1]) + tuple(b[1:])
# END VARIANT

# BEGIN VARIANT warmup.matmul_shape enumerated: the size at its own place in each of the two
return tuple(shape[place] for place, shape in enumerate((a, b)))
# END VARIANT

# BEGIN VARIANT warmup.matmul_shape edited: a copy whose end is replaced
shape = list(a)
shape.pop()
shape.append(b[-1])
return tuple(shape)
# END VARIANT

# BEGIN VARIANT warmup.uniform_loss by_its_definition: minus the logarithm of the probability
probability = 1 / vocab_size
return -math.log(probability)
# END VARIANT

# BEGIN VARIANT warmup.uniform_loss entropy: the entropy, as many shares as there are tokens
share = -(1 / vocab_size) * math.log(1 / vocab_size)
return share * vocab_size
# END VARIANT

# BEGIN VARIANT warmup.uniform_loss halves: bits and a rest, in nats
rest, bits = math.frexp(vocab_size)
return math.log(rest) + bits * math.log(2)
# END VARIANT

# BEGIN VARIANT warmup.uniform_loss decimal: 28 digits, and then a float
from decimal import Decimal

return float(Decimal(vocab_size).ln())
# END VARIANT

# BEGIN VARIANT warmup.uniform_loss cross_entropy: torch's loss of equal scores
import torch

scores = torch.zeros(1, vocab_size, dtype=torch.float64)
return torch.nn.functional.cross_entropy(scores, torch.tensor([vocab_size - 1])).item()
# END VARIANT

# BEGIN VARIANT warmup.uniform_loss hyperbola: asinh of half of V - 1 / V
return math.asinh((vocab_size - 1 / vocab_size) / 2)
# END VARIANT
