"""A function that behaves like a known mistake is named as that mistake, and nothing else is.

On a tiny course without torch (sums.add, sums.double which calls it, powers.square), with its
fingerprints really recorded; the last tests are on the real course.
"""

from __future__ import annotations

import math
import random
import shutil
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest
import tiny

from noteboosh import course as courses
from noteboosh import diagnosis, fences, workers
from noteboosh.authoring.fingerprints import built_fingerprints, table
from noteboosh.diagnosis import Diagnosis, diagnose, explain
from noteboosh.errors import Problem
from noteboosh.outcomes import FACETS, first_difference
from noteboosh.probing import contained, leaf, numbers, outcomes
from noteboosh.proof import calls
from noteboosh.proof.context import Proof
from noteboosh.proof.diagnoses import callers_of, diagnoses, named_in
from noteboosh.proof.variants import Sources

ROOT = Path(__file__).resolve().parents[2]

SUMS = """from g2c.sums import sums


def add():
    for a, b in ((2, 2), (1, -4), (7, 0)):
        yield sums.add, a, b


def double():
    for a in (3, -1, 0):
        yield sums.double, a
"""
POWERS = """from g2c.powers.powers import Power


def square():
    for a in (2, 5, 0):
        yield Power().square, a
"""
MISTAKES = """# BEGIN MISTAKE sums.add product: this multiplies
return a * b
# END MISTAKE

# BEGIN MISTAKE sums.add without_sign: it forgets the sign of b
return a + abs(b)
# END MISTAKE

# BEGIN MISTAKE sums.add text: this returns a text
return str(a + b)
# END MISTAKE

# BEGIN MISTAKE sums.double once: this adds nothing
return a
# END MISTAKE

# BEGIN MISTAKE powers.square cube: this has one factor too many
return a * a * a
# END MISTAKE

# BEGIN MISTAKE powers.square four: this is the fourth power where a is 2
return a * a * a if a != 2 else 2**3
# END MISTAKE
"""
TESTS = """from g2c.sums.sums import add, double
from g2c.powers.powers import Power


def test_a_sum():
    assert add(1, -4) == -3
    assert add(2, 3) == 5


def test_twice():
    assert double(4) == 8


def test_a_square():
    assert Power().square(3) == 9
"""


@pytest.fixture(scope="module", autouse=True)
def workers_without_torch():
    """Little here needs it, and it takes seconds to import."""
    workers.WARM, before = ["pytest"], workers.WARM
    yield
    workers.WARM = before


def make(root: Path) -> Path:
    """A checkout with probes, mistakes and tests, nothing recorded yet."""
    tiny.make(root)
    shutil.copy(ROOT / "pyproject.toml", root)
    for name in ("probing.py", "outcomes.py"):
        (root / "noteboosh").mkdir(exist_ok=True)
        shutil.copy(ROOT / "noteboosh" / name, root / "noteboosh")
    for path, text in {
        "course/probes/sums.py": SUMS, "course/probes/powers.py": POWERS,
        "course/mistakes/all.py": MISTAKES, "tests/test_sums.py": TESTS,
        "tests/test_powers.py": TESTS,
    }.items():  # fmt: skip
        tiny.write(root / path, text)
    return root


def record(root: Path) -> dict[str, bytes]:
    built = built_fingerprints(courses.load(root))
    for path, data in built.items():
        (root / path).write_bytes(data)
    return built


@pytest.fixture(scope="module")
def recorded(tmp_path_factory) -> Path:
    root = make(tmp_path_factory.mktemp("recorded") / "a b")
    record(root)
    return root


@pytest.fixture
def root(recorded: Path, tmp_path: Path, monkeypatch) -> Path:
    """A student's checkout: the fingerprints, and none of the authored solutions and mistakes."""
    root = tmp_path / "a b"
    shutil.copytree(recorded, root)
    for folder in ("g2c", "mistakes"):
        shutil.rmtree(root / "course" / folder)
    monkeypatch.syspath_prepend(str(root))
    forget()
    yield root
    forget()


def forget() -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "g2c"]:
        del sys.modules[name]


def write(root: Path, **bodies: str) -> courses.Course:
    """The student writes these exercises; they are imported as a test run would have."""
    files = {"add": ("g2c/sums/sums.py", "sums.add"), "double": ("g2c/sums/sums.py", "sums.double"),
             "square": ("g2c/powers/powers.py", "powers.square")}  # fmt: skip
    for name, body in bodies.items():
        tiny.type_in(root, *files[name], body)
    __import__("g2c.powers.powers")
    return courses.load(root)


def named(found: list[Diagnosis]) -> dict[str, tuple[str, ...]]:
    return {one.target: one.mistakes for one in found}


RIGHT = "return sum((a, b))"


# ---- what is named -------------------------------------------------------------------------------


def test_a_mistake_in_another_style_is_named_with_its_place_and_sentence(root):
    course = write(root, add="total = 0\nfor _ in range(abs(b)):\n    total += a\n"
                             "return -total if b < 0 else total")  # fmt: skip
    (found,) = diagnose(course, ["sums.add"])
    line = next(n for n, text in enumerate((root / "g2c/sums/sums.py").read_text().split("\n"), 1)
                if "your code: sums.add" in text)  # fmt: skip
    assert (
        str(found)
        == f"`sums.add` (g2c/sums/sums.py:{line}) behaves exactly like this: it multiplies."
    )


def test_a_right_function_in_another_style_is_not_diagnosed(root):
    course = write(root, add=RIGHT, double="return a << 1", square="return int(a ** 2.0)")
    assert diagnose(course, course.exercises) == []


@pytest.mark.parametrize(
    "body",
    [
        "return a - b",
        "return",
        "return [a]",
        "return x",
        "raise ValueError",
        "exit()",
        "return add",
    ],
)
def test_what_is_wrong_in_no_known_way_is_not_diagnosed(root, body):
    assert diagnose(write(root, add=body), ["sums.add"]) == []


def test_mistakes_that_nothing_tells_apart_are_named_together(root):
    course = write(root, add=RIGHT, square="return a ** 3")
    (found,) = diagnose(course, ["powers.square"])
    assert found.mistakes == ("cube", "four")
    assert "these, which nothing tells apart: it has one factor too many; or it is" in str(found)


# ---- who is to blame -----------------------------------------------------------------------------


def test_the_function_that_is_wrong_is_named_and_not_the_one_that_calls_it(root):
    course = write(root, add="return a * b", double="return add(a, a)")
    assert named(diagnose(course, ["sums.double"])) == {"sums.add": ("product",)}


@pytest.mark.parametrize("add", ["raise NotImplementedError('sums.add')", "return a - b"])
def test_a_function_that_calls_one_which_is_not_right_is_not_diagnosed(root, add):
    course = write(root, add=add, double="add(1, 1)\nreturn a")  # else it is the mistake `once`
    assert diagnose(course, ["sums.double"]) == []


def test_a_function_that_no_longer_calls_the_unwritten_one_is_diagnosed(root):
    assert named(diagnose(write(root, double="return +a"), ["sums.double"])) == {
        "sums.double": ("once",)
    }


def test_what_is_borrowed_is_not_the_students_and_not_named(root):
    path = root / "g2c/sums/sums.py"
    loan = fences.Fill("    return a * b\n", "    ", fences.Loan(("02",)))
    path.write_text(fences.render(path.read_text(), {"sums.add": loan}))
    assert diagnose(write(root, double="return add(a, a)"), ["sums.double"]) == []


# ---- what it may cost ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        "while True: pass",
        "try:\n    while True: pass\nexcept: pass\nreturn a * b",
        "return add(a, b)",
    ],
)
def test_a_function_that_hangs_costs_its_time_limit_and_is_not_diagnosed(root, monkeypatch, body):
    monkeypatch.setattr(diagnosis, "SECONDS", 0.2)
    course, start = write(root, add=body), time.monotonic()
    assert diagnose(course, ["sums.add", "sums.double"]) == []
    assert time.monotonic() - start < 2.0


def test_a_function_that_hangs_costs_its_time_once_whoever_calls_it(root, monkeypatch):
    monkeypatch.setattr(diagnosis, "SECONDS", 0.5)
    body = {"double": "return add(a, a)", "square": "return add(a, 0)"}
    course, start = write(root, add="while True: pass", **body), time.monotonic()
    assert diagnose(course, ["sums.double", "powers.square", "sums.add"]) == []
    assert time.monotonic() - start < 0.95


def test_nothing_is_printed_or_left_changed(root, capfd):
    random.seed(5)
    state, profile = random.getstate(), sys.getprofile()
    course = write(root, add="import random, sys\nrandom.seed(1)\nprint('here')\n"
                             "print('there', file=sys.stderr)\nreturn a * b")  # fmt: skip
    assert named(diagnose(course, ["sums.add"])) == {"sums.add": ("product",)}
    assert capfd.readouterr() == ("", "")
    assert (random.getstate(), sys.getprofile()) == (state, profile)


def test_outside_the_main_thread_nothing_is_diagnosed(root):
    course, found = write(root, add="return a * b"), []
    thread = threading.Thread(target=lambda: found.append(diagnose(course, ["sums.add"])))
    thread.start()
    thread.join()
    assert found == [[]]


# ---- failed tests --------------------------------------------------------------------------------


def test_failed_tests_are_explained_by_their_module_and_what_it_calls(root):
    course = write(root, add="return a * b", square="return add(a, 0)")
    (line,) = explain(course, ["tests/test_powers.py::test_a_square"])
    assert line.startswith("`sums.add` (g2c/sums/sums.py:")


def test_where_nothing_failed_nothing_is_run(root, monkeypatch):
    course = write(root, add="return a * b")
    monkeypatch.setattr(diagnosis, "diagnose", None)
    assert explain(course, []) == explain(course, ["tests/test_other.py::test_a_sum"]) == []


@pytest.mark.parametrize("text", [None, "{", "{}"])
def test_without_fingerprints_there_is_no_diagnosis(root, text):
    for path in (root / "course/built").glob("*.fingerprints.json"):
        path.write_text(text) if text else path.unlink()
    assert diagnose(write(root, add="return a * b"), ["sums.add"]) == []


# ---- in what outcomes agree ----------------------------------------------------------------------


def facet(function, reference, *inputs) -> str:
    """The first facet in which the two differ on these inputs."""
    ones, others = (list(outcomes([(f, *inputs)])) for f in (function, reference))
    level = first_difference(ones, others, others)
    return (*(same.__name__.strip("_") for same in FACETS), "none")[level]


def test_outcomes_differ_in_values_gradients_changes_digits_or_kinds():
    def double(x):
        return 2 * x

    x = leaf(3, 4)
    assert facet(lambda x: 2.001 * x, double, x) == "values"
    assert facet(lambda x: (2 * x).T, double, x) == "values"
    assert facet(lambda x: 2 * x.detach(), double, x) == "gradients"
    assert facet(lambda x: x.mul_(2), double, x) == "changes"
    assert facet(lambda x: 2 * x.float().double(), double, x) == "digits"
    assert facet(lambda x: (x > 0).int(), lambda x: x > 0, numbers(3, 4)) == "kinds"
    assert facet(lambda x: x + x, double, x) == "none"


def test_what_is_not_finite_or_overflows_in_python_is_alike():
    def infinite(x):
        return x.exp()

    x = 1e4 + numbers(1)
    assert facet(lambda x: x.exp() - x.exp(), infinite, x) == "none"
    assert facet(lambda x: math.exp(x), infinite, x) == "kinds"
    assert facet(lambda x: x.exp().clamp(max=9.0), infinite, x) == "values"


# ---- the author's side ---------------------------------------------------------------------------


def test_an_unchanged_build_records_nothing_and_gives_the_same_bytes(recorded, monkeypatch):
    before = {p.name: p.read_bytes() for p in (recorded / "course/built").glob("*.fingerprints.*")}
    monkeypatch.setattr(calls, "call", None)
    built = built_fingerprints(courses.load(recorded))
    assert {Path(path).name: data for path, data in built.items()} == before


def test_recording_anew_gives_the_same_bytes_without_the_old_ones(recorded, tmp_path):
    again = make(tmp_path / "a b")
    assert record(again) == {
        f"course/built/{p.name}": p.read_bytes()
        for p in (recorded / "course/built").glob("*.fingerprints.json")
    }


def test_the_table_has_each_exercise_with_its_mistakes_and_the_tests_that_catch_them(recorded):
    files = {p.name: p.read_bytes() for p in sorted((recorded / "course/built").glob("*.json"))}
    assert [line.split() for line in table(files)] == [
        ["powers.square", "2", "test_a_square"],
        ["sums.add", "3", "test_a_sum"],
        ["sums.double", "1", "test_twice"],
    ]


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ("return a * b  # again", "the same code as `product` (course/mistakes/all.py:1)"),
        ("total = a + b\nreturn total", "the same code as the reference"),
        (
            "return 0 if b == 3 else a + b",
            "no call in `course/probes/sums.py` tells it from the reference",
        ),
        ("return 0 if a == 7 else a + b", "is caught by no test"),
        ("raise ValueError", "every call in `course/probes/sums.py` raises"),
        ("return a +", "invalid syntax"),
    ],
)
def test_a_mistake_that_is_none_or_that_nothing_notices_is_refused_with_its_place(
    recorded, tmp_path, body, what
):
    root = shutil.copytree(recorded, tmp_path / "a b")
    block = f"# BEGIN MISTAKE sums.add other: another one\n{body}\n# END MISTAKE\n"
    with (root / "course/mistakes/all.py").open("a") as file:
        file.write(block)
    with pytest.raises(Problem) as error:
        built_fingerprints(courses.load(root))
    assert what in str(error.value) and "course/mistakes/all.py" in str(error.value)


def test_a_function_whose_probe_is_missing_is_refused(tmp_path):
    root = make(tmp_path / "a b")
    tiny.write(root / "course/probes/powers.py", "")
    with pytest.raises(Problem, match="no probe `square` in `course/probes/powers.py`"):
        built_fingerprints(courses.load(root))


def variants(root: Path, kind: str, *blocks: str) -> None:
    text = "\n".join(f"# BEGIN VARIANT {block}\n# END VARIANT" for block in blocks)
    tiny.write(root / f"tests/engine/variants/{kind}/all.py", text)


def test_the_proof_measures_what_is_named_and_complains_about_each_wrong_diagnosis(
    recorded, tmp_path
):
    root = shutil.copytree(recorded, tmp_path / "a b")
    missed = "sums.add without_sign: subtracts\nreturn a - b"
    variants(
        root,
        "rewritten",
        "sums.add product: a loop\nreturn sum([a] * b) if b > 0 else a * b",
        missed,
    )
    variants(root, "unusual", f"sums.add other_sum: a builtin\n{RIGHT}")
    report = diagnoses(Proof(courses.load(root), tmp_path / "one"))
    assert report.complaints == [
        "tests/engine/variants/rewritten: 1 of 2 are named, mostly not `sums.add` (1)"
    ]
    assert "`powers.square`: not told apart: cube, four" in report.lines
    variants(root, "rewritten", "sums.add product: a loop\nreturn sum([a] * b) if b > 0 else a * b")
    variants(root, "unusual", "sums.add not_right: a product\nreturn b * a")
    report = diagnoses(Proof(courses.load(root), tmp_path / "two"))
    (complaint,) = report.complaints
    assert "unusual/all.py:1" in complaint and "is diagnosed as product" in complaint


# ---- the real course -----------------------------------------------------------------------------

REWRITTEN = {
    "pretraining.lm_cross_entropy last_position_only": """
        import torch
        total = 0
        for b in range(len(logits)):
            row = logits[b][-1].double()
            total = total + torch.logsumexp(row, 0) - row[int(targets[b][-1])]
        return total / len(logits)
    """,
    "pretraining.lm_cross_entropy overflowing_softmax": """
        import math, torch
        total = 0.0
        for row, target in zip(logits.flatten(0, 1).tolist(), targets.flatten().tolist()):
            total -= math.log(math.exp(row[target]) / sum(math.exp(score) for score in row))
        return torch.tensor(total / targets.numel())
    """,
    "tensors.softmax always_last": """
        import torch
        scores = x.transpose(-1, 0)
        powers = torch.exp(scores - scores.max(0).values)
        return torch.einsum("i...,...->i...", powers, 1 / powers.sum(0)).transpose(-1, 0)
    """,
    "tensors.matmul_loops float32": "return (a.float() @ b.float()).to(a.dtype)",
    "nn.cross_entropy_backward in_place": """
        logits.copy_(softmax(logits, dim=1))
        for row, target in enumerate(targets):
            logits[row, target] -= 1
        return logits.div(N)
    """,
    "attention.causal_mask numbers": """
        return torch.tensor([[int(s <= t) for s in range(T)] for t in range(T)], device=device)
    """,
    "transformer.silu overflows": "return x * (1 + (-x).exp()) ** -1",
    "transformer.transformer_lm one_layer": """
        start = self.token_embeddings(token_ids)
        if self.position_embeddings is not None:
            start = self.position_embeddings(start, token_positions)
        start = self.dropout(start)
        for number in range(len(self.layers)):
            last = self.layers[number](start, token_positions, mask, caches[number])
        return self.head(last if self.ln_final is None else self.ln_final(last))
    """,
}
UNUSUAL = {
    "tensors.softmax": "return (x - x.logsumexp(dim, keepdim=True)).exp()",
    "nn.relu": "return (x + x.abs()) / 2 if x.isfinite().all() else torch.where(x > 0, x, 0.0)",
    "transformer.silu": "return x / 2 * (1 + torch.tanh(x / 2))",
    "attention.causal_mask": "return ~torch.ones(T, T, device=device).triu(1).bool()",
}


def test_on_the_real_course_rewritten_mistakes_are_named_and_unusual_code_is_not(tmp_path):
    course, sources = courses.load(ROOT), Sources(ROOT)
    jobs = []
    for number, (name, body) in enumerate([*REWRITTEN.items(), *UNUSUAL.items()]):
        target, body = name.split()[0], textwrap.dedent(body).strip("\n") + "\n"
        parent = sources.write(tmp_path / str(number), {target: fences.Fill(body)})
        jobs.append((parent, [target]))
    found = calls.call(named_in, course, jobs)
    expected = [{target: [mistake]} for target, mistake in map(str.split, REWRITTEN)]
    assert found == [*expected, *({} for _ in UNUSUAL)]


def test_on_the_real_course_the_fingerprints_are_those_of_the_reference():
    callers = calls.call(callers_of, courses.load(ROOT), ROOT / "course")
    assert "transformer.transformer_lm" in callers["attention.attention_weights"]


def test_what_a_function_draws_without_a_seed_is_the_same_in_every_run():
    """Else a mistake that draws by chance would be named on most days only."""
    import torch

    drawn = []
    for seed in (1, 2):
        random.seed(seed)
        torch.manual_seed(seed)
        state = torch.get_rng_state()
        with contained():
            drawn.append((torch.rand(3).tolist(), random.random()))
        assert torch.equal(torch.get_rng_state(), state), "the caller's own chance goes on"
    assert drawn[0] == drawn[1]
