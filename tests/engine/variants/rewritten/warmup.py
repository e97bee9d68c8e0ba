# ruff: noqa
# fmt: off
# The mistakes of `course/mistakes/warmup.py` as somebody else would write them: they measure the diagnosis.

# BEGIN VARIANT warmup.matmul_shape inner_sizes: unpacked, the middle of all four kept
_, *inner, _ = (*a, *b)
return tuple(inner)
# END VARIANT

# BEGIN VARIANT warmup.matmul_shape turned_round: every third size, from the end
sizes = [*a, *b]
return tuple(sizes[::-3])
# END VARIANT

# BEGIN VARIANT warmup.matmul_shape first_factor: unpacked and put together again
rows, columns = a
return rows, columns
# END VARIANT

# BEGIN VARIANT warmup.matmul_shape second_factor: a list that becomes a tuple
shape = []
for size in b:
    shape.append(size)
return tuple(shape)
# END VARIANT

# BEGIN VARIANT warmup.matmul_shape laid_end_to_end: chained
from itertools import chain

return tuple(chain(a, b))
# END VARIANT

# BEGIN VARIANT warmup.matmul_shape number_of_entries: math.prod of unpacked sizes
import math

(rows, _), (_, columns) = a, b
return math.prod([rows, columns])
# END VARIANT

# BEGIN VARIANT warmup.uniform_loss bits: a quotient of logarithms
return -math.log(1 / vocab_size) / math.log(2)
# END VARIANT

# BEGIN VARIANT warmup.uniform_loss base_ten: minus the logarithm of the probability, to base 10
probability = 1 / vocab_size
return -math.log(probability, 10)
# END VARIANT

# BEGIN VARIANT warmup.uniform_loss sign_lost: minus the logarithm of the number
return 0 - math.log(vocab_size)
# END VARIANT

# BEGIN VARIANT warmup.uniform_loss probability: a negative power
return float(vocab_size**-1)
# END VARIANT

# BEGIN VARIANT warmup.uniform_loss perplexity: one over the probability
probability = 1.0 / vocab_size
return 1.0 / probability
# END VARIANT

# BEGIN VARIANT warmup.uniform_loss one_share_of_the_entropy: the logarithm of the number, over the number
return math.log(vocab_size) / vocab_size
# END VARIANT
