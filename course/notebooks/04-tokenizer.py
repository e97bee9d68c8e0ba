# ruff: noqa: E402, F401, I001  cells stand alone, and the built notebook uses `answer`

# %% [markdown]
# # 04 Tokenizer: how does text become numbers?
#
# Read [the lesson](../../lessons/04-tokenizer.md) first, and keep it open beside this page.
# The tests of this module, to be run in a terminal:
#
# `.venv/bin/python -m pytest tests/test_tokenizer.py`
#
# **How this works.** Before a cell runs, say to yourself what it will print: a guess that turns
# out wrong teaches more than a result that is merely read. Each exercise ends in a question.
# Write your answer between the triple quotes and run its cell; it responds at once. A blank
# answer is skipped, never wrong. If you are stuck, answer `hint, please`.
#
# A cell that needs code you have not written yet says so in two lines, and the cells after it
# still run.

# %%
# %load_ext noteboosh
from noteboosh import answer

# %% tags=["author"]
from noteboosh.authoring import question

# %%
import matplotlib.pyplot as plt

from g2c.corpora import load_corpus, toystories
from g2c.tokenizer import (
    END_OF_TEXT,
    BPETokenizer,
    best_pair,
    course_tokenizer,
    encode_word,
    learn_merges,
    merge_pair,
    pair_counts,
    pre_tokens,
    train_bpe,
)

# %% [markdown]
# `NUM_STORIES` decides how many stories the tokenizers below learn from, and `SIZES` how large
# they get. `FULL = True` takes ten times as many stories and one larger size: some seconds more.

# %%
FULL = False
NUM_STORIES = 4000 if FULL else 400
SIZES = (257, 300, 400, 600, 800, 1200, 1600, *((1800,) if FULL else ()))


def show(tokens):
    """Tokens with a bar between them; bytes that are no character show as �."""
    return " | ".join(token.decode("utf-8", "replace") for token in tokens)


# %% [markdown]
# ## 1. Bytes
#
# A text is characters, a file is bytes, and UTF-8 is the rule between them.
#
# *Predict:* how many bytes does each of these characters take?

# %%
for character in ("e", "é", "ß", "東", "🙂", "👍🏽"):
    data = character.encode()
    print(f"{character}  {len(character)} character(s), {len(data)} bytes: {list(data)}")
assert [len(c.encode()) for c in "eé東🙂"] == [1, 2, 3, 4]
assert len("👍🏽") == 2

# %% [markdown]
# The last one looks like one character and is two, a thumb and a colour. A vocabulary that begins
# with the 256 bytes can spell all of them.

# %% [markdown]
# **Question:** A tokenizer has not made a single merge yet: its tokens are the 256 bytes. How many
# ids does it give for `né 🙂`?

# %%
question(
    "04.1",
    kind="number",
    key=len("né 🙂".encode()),
    rubric=[
        "without merges there is one id for each byte",
        "n and the blank take one byte each, é two, the smiley four: 8",
    ],
    hints=[
        "Without merges, what is a token?",
        "Add up the bytes of the four characters; the blank is one of them.",
        "1 for n, 2 for é, 1 for the blank, and the cell above shows how many for the smiley.",
    ],
)

# %% [markdown]
# ## 2. A merge by hand
#
# Four words, with how often they occur in a text, cut into bytes.
#
# *Predict:* which pair of neighbours is the most frequent? Count with a pencil.

# %%
words = {"low": 5, "lower": 2, "widest": 3, "newest": 6}
split = {tuple(bytes([b]) for b in word.encode()): n for word, n in words.items()}
counts = pair_counts(split)
for pair, count in sorted(counts.items(), key=lambda item: -item[1])[:6]:
    print(f"{count:2} times  ({show(pair)})")
assert counts[b"e", b"s"] == counts[b"s", b"t"] == max(counts.values()) == 9

# %% [markdown]
# Two pairs occur 9 times. The tie goes to the lexicographically greater one, so the first merge is
# (s, t). Six merges, one after the other:

# %%
state = list(split)
for number, pair in enumerate(learn_merges(split, 6), start=1):
    state = [merge_pair(tokens, pair) for tokens in state]
    print(f"{number}. ({show(pair)})".ljust(12), *map(show, state), sep="   ")
assert best_pair(counts) == (b"s", b"t")
assert [show(tokens) for tokens in state] == ["low", "low | e | r", "w | i | d | est", "ne | west"]

# %% [markdown]
# Look at `est` in the last line: in `newest`, "w" went with it, in `widest` there is no "w" in
# front. Where a new token shows up depends on its neighbours.

# %% [markdown]
# **Question:** The words of a text are `ab` 4 times, `abc` 3 times and `bc` 4 times. Which are the
# first two merges? Write `first = ["?", "?"]` and `second = ["?", "?"]`, a pair of tokens each.

# %% tags=["author"]
from g2c import tokenizer as reference

small = {(b"a", b"b"): 4, (b"a", b"b", b"c"): 3, (b"b", b"c"): 4}
first, second = [[token.decode() for token in pair] for pair in reference.learn_merges(small, 2)]

# %%
question(
    "04.2",
    kind="list",
    key={"first": first, "second": second},
    rubric=[
        "(a, b) and (b, c) both occur 7 times, and (b, c) is the greater: it is merged first",
        "now abc is (a, bc) and (a, b) occurs only 4 times, (a, bc) 3 times: (a, b) is next",
    ],
    hints=[
        "Count the two pairs; a pair in `abc` counts three times.",
        "It is a tie. Which pair comes later in the dictionary?",
        "After the first merge write the three words down again, and count again: `abc` now has "
        "two tokens.",
    ],
    solution=f"first = {first}\nsecond = {second}",
)

# %% [markdown]
# ## 3. The vocabulary grows
#
# Now real training, with the fast `train_bpe`, on the children's stories. Ids 0 to 255 are the
# bytes, 256 is `<|endoftext|>`, and from 257 on each merge has one.
#
# *Predict:* what will the first merges be? And the last ones?

# %%
stories = load_corpus("toystories", num_documents=NUM_STORIES).documents
vocab, merges = train_bpe(stories, max(SIZES), [END_OF_TEXT])
for start in (257, 300, 400, 800, len(vocab) - 12):
    print(f"{start:4} …", *(repr(vocab[id].decode()) for id in range(start, start + 12)))
assert merges[0] == (b"h", b"e") and b" Once" not in vocab.values() and b"Once" in vocab.values()

# %% [markdown]
# First pairs of letters, then short words with their blank, and late whole rare words. `Once` is
# there without a blank in front: it begins stories, and nothing stands before it.

# %%
tokenizer = BPETokenizer(vocab, merges, [END_OF_TEXT])
sentence = stories[0].split(".")[0] + "."
for size in (257, 300, 400, 800, 1600):
    part = BPETokenizer(*train_bpe(stories, size, [END_OF_TEXT]), [END_OF_TEXT])
    tokens = [part.vocab[id] for id in part.encode(sentence)]
    print(f"{size:4} ids: {len(tokens):3} tokens   {show(tokens[:18])}")

# %% [markdown]
# **Question:** You train with `vocab_size` 1,000 and one special token. How many merges are
# learned?

# %% tags=["author"]
from g2c.corpora import load_corpus
from g2c.tokenizer import train_bpe

learned = len(train_bpe(load_corpus("toystories").documents, 1000, ["<|endoftext|>"])[1])

# %%
question(
    "04.3",
    kind="number",
    key=learned,
    rubric=["256 bytes and the special token come first: 1,000 - 257 = 743 merges"],
    hints=[
        "What is in the vocabulary before the first merge?",
        "Every merge adds one id. How many ids are taken already?",
        "256 bytes and one special token are 257.",
    ],
)

# %% [markdown]
# ## 4. By rank
#
# Encoding makes the merges in the order in which they were learned. Here is a word that the stories
# do not contain, by tokenizers that know only the first merges, and then more and more of them.
#
# *Predict:* into which pieces will `tomorrowed` fall in the end?

# %%
ranks = {pair: rank for rank, pair in enumerate(merges)}
seen = []
for number in range(len(merges) + 1):
    tokens = encode_word(
        b" tomorrowed", {pair: rank for pair, rank in ranks.items() if rank < number}
    )
    if tokens not in seen:
        seen.append(tokens)
        print(f"{number:4} merges known: {show(tokens)}")
assert all(len(one) > len(next_one) for one, next_one in zip(seen, seen[1:], strict=False))
assert tokenizer.encode(" tomorrowed") == [tokenizer.ids[token] for token in tokens]

# %% [markdown]
# Each merge goes on where the earlier ones have stopped: a later merge never undoes or changes an
# earlier one. So the tokens of a larger vocabulary are those of a smaller one, joined further.

# %% [markdown]
# **Question:** The merges are, in this order: (c, d), (b, c), (a, b), (ab, cd). What are the tokens
# of `abcd` and of `abc`? Write `abcd = [...]` and `abc = [...]`.

# %% tags=["author"]
from g2c.tokenizer import encode_word

order = {(b"c", b"d"): 0, (b"b", b"c"): 1, (b"a", b"b"): 2, (b"ab", b"cd"): 3}
cut = {word: [t.decode() for t in encode_word(word.encode(), order)] for word in ("abcd", "abc")}

# %%
question(
    "04.4",
    kind="list",
    key=cut,
    rubric=[
        "in abcd, (c, d) comes first, then (a, b), and (ab, cd) joins the two",
        "in abc there is no d: (b, c) comes before (a, b), so a stays alone",
    ],
    hints=[
        "Write the word as single letters, and look for the known pair with the lowest rank.",
        "In `abc` two merges are possible. Which of them was learned first?",
        "`abcd`: (c, d), then is (b, c) still there? `abc`: no (c, d) to begin with.",
    ],
    solution="\n".join(f"{word} = {tokens}" for word, tokens in cut.items()),
)

# %% [markdown]
# ## 5. Pre-tokens
#
# Before any merge, a pattern cuts the text, and merges stay inside the pieces.
#
# *Predict:* where are the cuts in these lines?

# %%
for text in ("Lily ran home.", "  two blanks", "it's, IT'S", "2+2=4", " 2 + 2 = 4", "end "):
    print(f"{text!r:18} {pre_tokens(text)}")
given = course_tokenizer()
for text in ("2+2=4", "12345", " once", "Once", "ONCE", "hello", "hello "):
    ids = given.encode(text)
    print(f"{text!r:10} {len(ids)} tokens: {show(given.vocab[id] for id in ids)}")
assert pre_tokens("2+2=4") == ["2", "+", "2", "=", "4"] and pre_tokens("end ") == ["end", " "]
assert given.encode(" once") != given.encode("Once") and len(given.encode("hello ")) == 4

# %% [markdown]
# A blank belongs to the word after it. So a prompt that ends with a blank ends with a token that
# the model has rarely seen there: what it knows is the next word *with* its blank.

# %% [markdown]
# **Question:** Someone notes that a model answers well to `The answer is` and badly to
# `The answer is ` with a blank at the end. Explain why, in two or three sentences.

# %%
question(
    "04.5",
    kind="text",
    rubric=[
        "the blank at the end becomes a token by itself",
        "in training text the blank is the first byte of the next word's token",
        "so the model would have to go on with a word without a blank, which it has hardly ever "
        "seen after a lone blank",
    ],
    hints=[
        "Look at the two last lines that the cell prints.",
        "In running text, in which token is the blank between two words?",
        "Which tokens would the model like to write next, and do they fit after a blank that is "
        "there already?",
    ],
    solution=(
        "The blank at the end is cut off as a token of its own. In the training text the blank "
        "between two\n"
        "words is part of the second word's token, so after a lone blank the model has hardly ever "
        "seen a\n"
        "word begin, and the tokens that it would like to write bring a blank of their own."
    ),
)

# %% [markdown]
# ## 6. Special tokens
#
# Documents are joined with `<|endoftext|>` between them, which is one id if the tokenizer knows it
# as a special token, and ordinary text if not.
#
# *Predict:* how many ids is it without being special?

# %%
text = f"The end.{END_OF_TEXT}Once upon a time"
plain = BPETokenizer(*train_bpe(stories, 800))
for name, one in (("special", tokenizer), ("not special", plain)):
    tokens = [one.vocab[id] for id in one.encode(text)]
    print(f"{name:>11}: {len(tokens):2} ids   {show(tokens)}")
assert tokenizer.encode(text).count(tokenizer.eos_id) == 1
assert tokenizer.decode(tokenizer.encode(text)) == plain.decode(plain.encode(text)) == text

# %% [markdown]
# Both bring back the same text. Only with the first can a program ask "is this the end?" by looking
# at one id.

# %% [markdown]
# **Question:** The special tokens are `<|a|>` and `<|a|><|a|>`. How many ids does
# `<|a|><|a|><|a|>` get?

# %% tags=["author"]
from g2c.tokenizer import split_special

pieces = split_special("<|a|>" * 3, ["<|a|>", "<|a|><|a|>"])

# %%
question(
    "04.6",
    kind="number",
    key=len(pieces),
    rubric=[
        "at the first place both fit, and the longer wins; the third <|a|> is left over: 2 ids"
    ],
    hints=[
        "Which of the two fits at the beginning of the text?",
        "Where several fit, the longest is taken. What is left then?",
        "Two of the three go into the long token.",
    ],
)

# %% [markdown]
# ## 7. Half a character
#
# A model writes ids one after the other, and nothing makes it finish a character.
#
# *Predict:* what does the text look like after each byte of 🙂?

# %%
data = "hi 🙂".encode()
for length in range(2, len(data) + 1):
    print(length, repr(tokenizer.decode(data[:length])))
one_by_one = "".join(tokenizer.decode([byte]) for byte in data)
print("one by one:", repr(one_by_one))
assert tokenizer.decode(data) == "hi 🙂" and one_by_one == "hi " + "\ufffd" * 4
assert tokenizer.encode(tokenizer.decode(data[:5])) != list(data[:5])

# %% [markdown]
# Bytes that are no UTF-8 become �, which is itself a character of three bytes. So ids that were
# decoded to � do not come back. Text to ids to text is safe; ids to text to ids is not.

# %% [markdown]
# **Question:** Which of these holds for every tokenizer of this module? Answer with one letter.
#
# - (a) `decode(encode(text)) == text` for every text, and `encode(decode(ids)) == ids` for all ids.
# - (b) `decode(encode(text)) == text` for every text, but not always the reverse.
# - (c) `encode(decode(ids)) == ids` for all ids, but not always the reverse.
# - (d) Neither.
#
# (Think of the byte-level tokenizers; `CharTokenizer` knows its alphabet only.)

# %%
question(
    "04.7",
    kind="choice",
    key="b",
    options={
        "a": "both directions",
        "b": "text to ids to text",
        "c": "ids to text to ids",
        "d": "neither",
    },
    rubric=[
        "a text has bytes, these are cut and joined again: nothing is lost",
        "ids may be broken UTF-8, or the bytes of a word where encode would give one token",
    ],
    hints=[
        "What happened to the first two bytes of the smiley?",
        "Take the ids of the letters of ` the`, one by one. What does `encode` make of that text?",
        "From a text and back nothing is lost. Now look for ids that do not come back.",
    ],
)

# %% [markdown]
# ## 8. How large a vocabulary?
#
# Bytes per token say how much text fits into a context of T tokens.
#
# *Predict:* from 400 to 800 ids, from 800 to 1,600: does each doubling gain the same?

# %%
GERMAN = (
    "Ein Hund lief durch den Wald und fand einen Ball. Er war rot und sehr schön. Am Abend ging "
    "der Hund nach Hause, denn er war müde. Sein Freund wartete schon vor der Tür."
)
PYTHON = "def count(words):\n    result = {}\n    for word in words:\n        result[word] = 1\n"
texts = {"new stories": "".join(toystories.sample(100, seed=1)), "German": GERMAN, "Python": PYTHON}


def bytes_per_token(size):
    """For each of the texts, with a vocabulary of this size."""
    one = BPETokenizer(*train_bpe(stories, size, [END_OF_TEXT]), [END_OF_TEXT])
    return [len(text.encode()) / len(one.encode(text)) for text in texts.values()]


# %%
columns = [bytes_per_token(size) for size in SIZES]
lengths = dict(zip(texts, zip(*columns, strict=True), strict=True))
print(f"{'vocab_size':>11}", *(f"{size:6,}" for size in SIZES))
for name, row in lengths.items():
    print(f"{name:>11}", *(f"{length:6.2f}" for length in row))


# %%
def plot_bytes_per_token(sizes, lengths, title):
    """One line for each kind of text, against the size of the vocabulary. Returns Axes."""
    _, axes = plt.subplots(figsize=(7, 3.4), layout="constrained")
    styles = zip(("o-", "s--", "^:"), ("C0", "C1", "C2"), strict=True)
    for (name, row), (style, color) in zip(lengths.items(), styles, strict=True):
        axes.plot(sizes, row, style, color=color)
        axes.annotate(name, (sizes[-1], row[-1]), (6, 0), textcoords="offset points", va="center")
    axes.axhline(1, color="gray", linewidth=1)
    axes.text(sizes[-1], 0.96, "single bytes", color="gray", ha="right", va="top")
    axes.set(xlabel="vocab_size (ids)", ylabel="bytes per token", title=title)
    axes.set(ylim=(0.6, None), xlim=(sizes[0] - 50, sizes[-1] * 1.17))
    return axes


# %%
at = dict(zip(SIZES, lengths["new stories"], strict=True))
early, late = at[800] - at[400], at[1600] - at[800]
title = f"800 to 1,600 ids gain {late:.1f} bytes per token, 400 to 800 gain {early:.1f}"
plot_bytes_per_token(SIZES, lengths, title)
assert early / 400 > 1.5 * late / 800 and at[1600] > 3.5

# %% [markdown]
# *The picture in words:* three lines begin together at one byte per token. The stories' line rises
# steeply, bends, and ends near four bytes, where the last 800 ids bring no more than the 400 before
# them. German rises a little and then stays flat below two; Python stays lowest. A grey line at one
# marks single bytes.

# %% [markdown]
# **Question:** Embedding and head of a model have one row of D numbers for each id. With D = 128
# and a head of its own, how many numbers do 800 further ids add?

# %%
question(
    "04.8",
    kind="number",
    key=2 * 800 * 128,
    rubric=[
        "one row of 128 in the embedding and one in the head for each of the 800 ids",
        "2 · 800 · 128 = 204,800",
    ],
    hints=[
        "How many rows are added to the embedding? How long is a row?",
        "There are two such tables, because the head is not shared.",
        "2 times 800 times D.",
    ],
)

# %% [markdown]
# ## 9. Another kind of text
#
# The tokenizer that knows only stories reads German and Python; beside it the course's own, which
# has seen a little of both.
#
# *Predict:* which pieces of German does a reader of English stories know?

# %%
for name in ("German", "Python"):
    for who, one in (("stories", tokenizer), ("course", given)):
        ids = one.encode(texts[name])
        print(f"{name}, {who}: {len(texts[name].encode()) / len(ids):.2f} bytes per token")
        print("   ", show(one.vocab[id] for id in ids[:22]).replace("\n", "⏎"))
    assert len(given.encode(texts[name])) < len(tokenizer.encode(texts[name]))
assert all(lengths["new stories"][-1] > 2 * lengths[name][-1] for name in ("German", "Python"))

# %% [markdown]
# The pieces are good tokens of English, ` fa`, `nd`, ` li`. For German they mean nothing, and the
# model has to put words together from them. The same context holds less than half as much text, and
# whoever pays per token pays more than double. Tokenizers are not neutral between languages.

# %% [markdown]
# **Question:** Model A needs 2.0 nats per token on a text, model B 3.0 nats per token on the same
# text. A's tokenizer has 2 bytes per token, B's has 4. How many nats per byte does each
# need? Write `A = …` and `B = …`, and see which of them predicts the text better.

# %%
question(
    "04.9",
    kind="number",
    key={"A": 2.0 / 2, "B": 3.0 / 4},
    tolerance=0.001,
    rubric=[
        "A: 2.0 / 2 = 1.0 nats per byte; B: 3.0 / 4 = 0.75 nats per byte",
        "B predicts the text better, although its loss per token is higher",
    ],
    hints=[
        "What is the whole text worth in nats, if it has 1,000 bytes?",
        "Nats per token over bytes per token gives nats per byte.",
        "A: 2.0 / 2. And B?",
    ],
    solution="A = 1.0\nB = 0.75",
)

# %% [markdown]
# ## 10. How much work?
#
# Your `learn_merges` looks at every token of every word again for each merge. `train_bpe` keeps an
# index, and a merge touches only words that hold its pair. We count, so that no clock is needed.
#
# *Predict:* how many times less is looked at with the index: 3, 30, 300?

# %%
some = load_corpus("toystories", num_documents=40).documents
start = {}
for word in pre_tokens("\n".join(some)):
    tokens = tuple(bytes([byte]) for byte in word.encode())
    start[tokens] = start.get(tokens, 0) + 1
counted = list(start)
rescan = index = sum(map(len, counted))  # the first count looks at everything, in both
for pair in learn_merges(start, 400):
    after = [merge_pair(tokens, pair) for tokens in counted]
    rescan += sum(map(len, after))
    index += sum(len(old) for old, new in zip(counted, after, strict=True) if len(old) > len(new))
    counted = after
print(f"tokens looked at: {rescan:,} by counting again, {index:,} with an index")
print(f"that is {rescan / index:.0f} times as many")

# %%
assert train_bpe(["\n".join(some)], 256 + 400)[1] == learn_merges(
    start, 400
)  # and both learn the same
assert rescan > 20 * index

# %% [markdown]
# **Question:** A text has W different words, and a typical pair stands in a share p of them. You
# make M merges. Roughly how many words are looked at by counting again, and how many with an index?
# Why does the gain grow with the vocabulary? A few sentences.

# %%
question(
    "04.10",
    kind="text",
    rubric=[
        "counting again looks at all W words for each merge: M · W",
        "with an index there is one pass over W, and then only the words that hold the pair: "
        "W + M · p · W",
        "later pairs are rarer, so p falls as the vocabulary grows, and the ratio gets larger",
    ],
    hints=[
        "What does `learn_merges` do between two merges, and to how many words?",
        "Building the index costs one look at each word; after that a merge only visits words "
        "with its pair.",
        "Is the thousandth pair as frequent as the first?",
    ],
    solution=(
        "Counting again looks at all W words for each of the M merges, M · W in all. With an index "
        "every word\n"
        "is looked at once, and then a merge visits only the words that hold its pair: W + M · p · "
        "W. Frequent\n"
        "pairs are merged first, so p gets smaller and smaller, and the longer the training goes "
        "on, the more\n"
        "the index saves."
    ),
)

# %% [markdown]
# ## Where you are
#
# `./noteboosh.sh check 04` reads your saved answers and shows them in one list. You have turned
# text into ids and back, by the same rules as GPT-2. In module 05 each id becomes a vector.
