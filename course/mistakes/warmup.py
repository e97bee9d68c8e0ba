# Wrong answers that an honest beginner might give in module 00; a test must catch each of them.

# BEGIN MISTAKE warmup.matmul_shape inner_sizes: this keeps the two sizes that must be equal, and those are the ones that disappear in the product
return a[1], b[0]
# END MISTAKE

# BEGIN MISTAKE warmup.matmul_shape turned_round: this gives the columns first; a shape is always rows, then columns
return b[1], a[0]
# END MISTAKE

# BEGIN MISTAKE warmup.matmul_shape first_factor: this gives the shape of the first matrix, as if the product went entry by entry
return a
# END MISTAKE

# BEGIN MISTAKE warmup.matmul_shape second_factor: this gives the shape of the second matrix, as if the product went entry by entry
return b
# END MISTAKE

# BEGIN MISTAKE warmup.matmul_shape laid_end_to_end: this lists the sizes of both matrices; the product is one matrix and has two
return a + b
# END MISTAKE

# BEGIN MISTAKE warmup.matmul_shape number_of_entries: this multiplies the sizes, which counts entries; a shape keeps its sizes apart
return a[0] * b[1]
# END MISTAKE

# BEGIN MISTAKE warmup.uniform_loss bits: this takes the logarithm to base 2, so it measures in bits; losses in this course are in nats
return math.log2(vocab_size)
# END MISTAKE

# BEGIN MISTAKE warmup.uniform_loss base_ten: this takes the logarithm to base 10; a loss in nats takes the natural one, `math.log`
return math.log10(vocab_size)
# END MISTAKE

# BEGIN MISTAKE warmup.uniform_loss sign_lost: this is the logarithm of the probability itself, which is negative: the loss is minus that
return math.log(1 / vocab_size)
# END MISTAKE

# BEGIN MISTAKE warmup.uniform_loss probability: this is the probability of the right token and not yet what it costs
return 1 / vocab_size
# END MISTAKE

# BEGIN MISTAKE warmup.uniform_loss perplexity: this is how many tokens there are to choose from, the perplexity; the loss is its logarithm
return float(vocab_size)
# END MISTAKE

# BEGIN MISTAKE warmup.uniform_loss one_share_of_the_entropy: this weighs the cost by the probability of one token: -p log p is one share of the entropy, and there are vocab_size of them
p = 1 / vocab_size
return -p * math.log(p)
# END MISTAKE
