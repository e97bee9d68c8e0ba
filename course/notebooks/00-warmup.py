# ruff: noqa: E402, F401, I001  cells stand alone, and the built notebook uses `answer`

# %% [markdown]
# # 00 Warm-up: how does this course work?
#
# [The lesson](../../lessons/00-warmup.md) shows the commands; this page shows the other half: cells
# that run your code, and questions. Ten minutes.
#
# Run a cell with Shift+Enter. The first one turns on what every notebook here uses: your edits in
# `g2c/` count at once, and code that you have not written yet gets two lines instead of an error.

# %%
# %load_ext noteboosh
from noteboosh import answer

# %% [markdown]
# Did that cell say `No module named 'noteboosh'`? Then this page runs on another Python than the
# course's own. The next cell says so in one sentence, and what to do.

# %%
import sys

sys.path.append("../..")  # so that the check can also speak in a wrong kernel
from g2c.warmup import check_setup

print(check_setup())

# %% tags=["author"]
from math import log
from pathlib import Path

from noteboosh import fences
from noteboosh.authoring import question

from g2c import warmup

# Question 3 shows line 16: the built file has one line more, its first.
assert fences.line_of(Path("course/g2c/warmup/guessing.py"), "warmup.uniform_loss") == 15

# %%
from g2c.warmup import matmul_shape, uniform_loss

# %% [markdown]
# ## 1. A shape, and a hint
#
# Write `matmul_shape` in `g2c/warmup/shapes.py`, between the two fence lines, and save the file.
# Then run this cell. You may run it before, too: it tells you where to write.
#
# *Predict:* before a cell runs, say to yourself what it will print. A guess that turns out wrong
# teaches more than a result that is merely read. Here: which two numbers?

# %%
print("(2, 3) times (3, 4):", matmul_shape((2, 3), (3, 4)))
assert matmul_shape((2, 3), (3, 4)) == (2, 4)

# %% [markdown]
# **Question:** A batch of 8 vectors with 64 numbers each is a matrix (8, 64). A layer multiplies
# it with a matrix (64, 10). Which shape comes out? **Do not answer yet:** write `hint, please`
# between the quotes and run the cell. Then write your answer in its place, such as `(2, 3)`, and
# run it again.

# %%
question(
    "00.1",
    kind="shape",
    key=warmup.matmul_shape((8, 64), (64, 10)),
    rubric=[
        "one row for each of the 8 vectors",
        "one column for each of the 10 columns of the second matrix; the 64 disappears",
    ],
    hints=[
        "This is a hint, and asking for it costs nothing. Which of the four sizes are equal? Those "
        "disappear in a product.",
        "Each of the 8 rows is multiplied with each of the 10 columns.",
        "First the rows of the first matrix, then the columns of the second.",
    ],
)

# %% [markdown]
# ## 2. What it costs to know nothing
#
# Write `uniform_loss` in `g2c/warmup/guessing.py`. It is the loss of a model that gives every token
# the same probability. You will meet this number in every training run of the course: whoever
# starts far above it, or below, has made a mistake.
#
# *Predict:* the vocabulary gets a thousand times larger. Does the loss, too?

# %%
for vocab_size in (2, 65, 65_000):
    print(f"V = {vocab_size:6,}: {uniform_loss(vocab_size):5.2f} nats")
assert abs(uniform_loss(65_000) - uniform_loss(65) - uniform_loss(1000)) < 1e-9

# %% [markdown]
# **Question:** What is this loss, in nats, for a vocabulary of V = 1000? Two decimals are enough.

# %%
question(
    "00.2",
    kind="number",
    key=warmup.uniform_loss(1000),
    tolerance=0.002,
    rubric=["log 1000, with the natural logarithm: about 6.91"],
    hints=[
        "Which probability does the right token get, if all 1000 get the same?",
        "The loss is -log of that probability.",
        "`math.log(1000)`. The base is e, not 2 and not 10.",
    ],
    solution=f"{log(1000):.2f}",
)

# %% [markdown]
# ## 3. Reading a test run
#
# In a terminal, beside this page, `./noteboosh.sh test 00` runs the module's tests.

# %% [markdown]
# **Question:** A test run ends with `TODO: not written yet` and, below it,
# `warmup.uniform_loss  g2c/warmup/guessing.py:16  4 tests wait for it`. What does that mean? Answer
# with one letter.
#
# - (a) Your code is wrong in line 16.
# - (b) Nothing is wrong: this exercise is not written yet, and its place is line 16 of that file.
# - (c) The set-up is broken: run `./noteboosh.sh doctor`.
# - (d) The tests are too slow, and four of them are still running.

# %%
question(
    "00.3",
    kind="choice",
    key="b",
    options={
        "a": "your code is wrong in line 16",
        "b": "nothing is wrong: this exercise is not written yet",
        "c": "the set-up is broken",
        "d": "the tests are too slow",
    },
    rubric=[
        "TODO means unwritten, FAIL means wrong",
        "the line names the exercise, where it is written, and how many tests wait for it",
    ],
    hints=[
        "Run `./noteboosh.sh test 00` with an exercise unwritten, and look.",
        "What is the difference between a thing that is wrong and one that is not there yet?",
        "The number after the colon is a line of the file, the one where you will write.",
    ],
)

# %% [markdown]
# ## 4. Nothing is lost
#
# Every command that changes something records the state of your files first, and so does
# `./noteboosh.sh test`.

# %% [markdown]
# **Question:** An hour ago your `matmul_shape` passed its tests. Since then you have changed it,
# saved it, and run `./noteboosh.sh test 00` in between; now you want the old one back. How do you
# get it, and why is `undo` not the command for this? Two sentences. (The lesson tells. Free text is
# not graded here: your answer is recorded, and you compare it with the points that appear.)

# %%
question(
    "00.4",
    kind="text",
    rubric=[
        "`./noteboosh.sh timeline warmup.matmul_shape` lists the recorded versions",
        "`./noteboosh.sh restore warmup.matmul_shape`, with `--at NUMBER` for an older one, brings "
        "one of them back",
        "`undo` takes back the last step of a command, such as borrow or reset; what you typed "
        "yourself is no such step",
    ],
    hints=[
        "Two commands of the lesson have to do with recorded states.",
        "One lists them, and one brings a file, an exercise or an answer back.",
        "Which steps does `undo` take back: yours in the editor, or those of `./noteboosh.sh`?",
    ],
    solution=(
        "`./noteboosh.sh timeline warmup.matmul_shape` lists what was recorded, and\n"
        "`./noteboosh.sh restore warmup.matmul_shape --at NUMBER` brings one version back.\n"
        "`undo` takes back what a command did, not what I typed in my editor."
    ),
)

# %% [markdown]
# ## Where you are
#
# Save this page (Ctrl+S, or Cmd+S), then look at all your answers at once in a terminal:
#
# `./noteboosh.sh check 00`
#
# That is the whole loop. Module 01 uses it to take derivatives.
