"""The tokenizer of module 04 (the reference) against tiktoken, its data file, and life offline."""

import os
import random
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
END = "<|endoftext|>"
WRITE = "from g2c.tokenizer import course as c; c.train().save(c.FILE)"


@pytest.fixture(scope="module")
def g2c():
    """`course/g2c`, for the time of these tests only: other files import the built package."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in sys.modules if name.split(".")[0] == "g2c"]:
            patch.delitem(sys.modules, name)
        patch.syspath_prepend(ROOT / "course")
        import g2c.tokenizer

        assert Path(g2c.__file__) == ROOT / "course/g2c/__init__.py"
        yield g2c
        for name in [name for name in sys.modules if name.split(".")[0] == "g2c"]:
            del sys.modules[name]


@pytest.fixture(scope="module")
def tokenizers(g2c):
    """The course's own, and one whose text and special tokens are as awkward as can be."""
    awkward = [*hostile(random.Random(0), 400), "aaaa bb\r\n\r\n   é🙂" * 20]
    specials = [END, END * 2, "<|", "é🙂"]
    trained = g2c.tokenizer.train_bpe(awkward, 1200, specials)
    return g2c.tokenizer.course_tokenizer(), g2c.tokenizer.BPETokenizer(*trained, specials)


def hostile(rng, count):
    """Texts of awkward pieces, of random code points, and of long runs."""
    pieces = [
        *"abcé .,'\"\t\n\r\x00\x0b\x1c\x85\xa0\u00ad\u2028\u3000\ufeff\ufffd\uffff0٣½Ⅷ东한ß",
        "the", " the", "'ll", "'S", "\r\n", "  ", END, "<|endoftext", "|>", "<|", "12345", "__",
        "e\u0301\u0323", "\u200b", "\u200d", "\u202e", "👩‍👩‍👧", "🏳️‍🌈", "👍🏽", "🇩🇪",
        "🙂", "नि", "ﷺ",
    ]  # fmt: skip
    for _ in range(count):
        kind = rng.randrange(4)
        if kind == 0:
            yield "".join(rng.choice(pieces) * rng.choice((1, 1, 1, 7, 90)) for _ in range(9))
        elif kind == 1:
            points = (
                rng.randrange(rng.choice((0x80, 0x800, 0x10000, 0x110000))) for _ in range(30)
            )
            yield "".join(chr(n) for n in points if not 0xD800 <= n < 0xE000)
        else:
            yield "".join(rng.choices(pieces, k=rng.randrange(60)))


def test_thousands_of_hostile_texts_have_the_same_ids_in_tiktoken(tokenizers, monkeypatch):
    monkeypatch.setattr("g2c.tokenizer.splitting.CHUNK", 1)
    rng = random.Random(1)
    for tokenizer in tokenizers:
        encoding = tokenizer.to_tiktoken()
        for text in hostile(rng, 3000):
            ids = tokenizer.encode(text)
            assert ids == encoding.encode(text, allowed_special="all"), ascii(text)
            assert tokenizer.decode(ids) == encoding.decode(ids) == text
            assert ids == list(tokenizer.encode_iterable(cut(rng, text))), ascii(text)


def test_hostile_texts_have_the_same_ids_by_the_simple_encoder(g2c, tokenizers):
    for tokenizer in tokenizers:
        ranks = {pair: rank for rank, pair in enumerate(tokenizer.merges)}
        for text in hostile(random.Random(2), 500):
            specials = tokenizer.special_tokens
            simple = g2c.tokenizer.encode_text(text, tokenizer.ids, ranks, specials)
            assert tokenizer.encode(text) == simple, ascii(text)


def test_a_character_of_every_kind_is_cut_as_tiktoken_cuts_it(tokenizers):
    tokenizer = tokenizers[0]
    encoding = tokenizer.to_tiktoken()
    kinds = {}
    for character in map(chr, [*range(0xD800), *range(0xE000, 0x110000)]):
        kinds.setdefault(unicodedata.category(character), []).append(character)
    assert len(kinds) == 29  # all categories but the surrogates
    for characters in kinds.values():
        for c in random.Random(3).sample(characters, min(100, len(characters))):
            text = f"x{c}y 1{c}{c}2 ,{c}; {c} {c}"
            assert tokenizer.encode(text) == encoding.encode_ordinary(text), ascii(c)


def test_ascii_is_cut_by_its_own_pattern_as_by_the_pattern_for_everything(g2c):
    from g2c.tokenizer import splitting

    for first in map(chr, range(128)):
        for second in map(chr, range(128)):
            text = f"x{first}{second}y '{first}ll{second} {first} {second}{second}"
            assert splitting._find_ascii(text) == splitting._find(text), ascii(text)


def test_random_ids_decode_as_in_tiktoken(tokenizers):
    rng = random.Random(4)
    for tokenizer in tokenizers:
        encoding = tokenizer.to_tiktoken()
        for _ in range(500):
            ids = rng.choices(range(tokenizer.vocab_size), k=12)
            assert tokenizer.decode(ids) == encoding.decode(ids)
            assert tokenizer.decode_bytes(ids) == encoding.decode_bytes(ids)


def test_no_token_is_learned_twice_and_each_is_how_its_own_bytes_are_encoded(tokenizers):
    for tokenizer in tokenizers:
        assert len(set(tokenizer.vocab.values())) == tokenizer.vocab_size
        for first, second in tokenizer.merges:
            token = (first + second).decode("utf-8", "surrogateescape")
            assert tokenizer._words[token] == [tokenizer.ids[first + second]]


def test_the_fast_trainer_agrees_with_the_rescan_on_hostile_texts(g2c):
    for seed in range(6):
        texts = list(hostile(random.Random(seed), 25))
        one = g2c.tokenizer.train_bpe(texts, 360, [END, "<|"])
        assert one == g2c.tokenizer.train_bpe_rescan(texts, 360, [END, "<|"])


def test_a_very_long_word_takes_no_square_of_time(tokenizers):
    tokenizer = tokenizers[0]
    word = "".join(random.Random(5).choices("etaoinshrdlu", k=60_000))
    assert tokenizer.encode(word) == tokenizer.to_tiktoken().encode_ordinary(word)


def test_the_words_that_are_remembered_do_not_grow_without_end(tokenizers, monkeypatch):
    monkeypatch.setattr("g2c.tokenizer.words.MOST_WORDS", 50)
    tokenizer = tokenizers[0]
    text = END.join(f" {n} {n:x}ab" for n in range(300))
    assert tokenizer.encode(text) == tokenizer.to_tiktoken().encode(text, allowed_special="all")
    assert len(tokenizer._words) <= 50


def test_the_courses_tokenizer_is_what_its_texts_give(g2c, tmp_path):
    from g2c.tokenizer import course

    course.train().save(tmp_path / "course.json")
    assert (tmp_path / "course.json").read_bytes() == course.FILE.read_bytes(), (
        f"`{course.FILE}` is out of date: in `course/`, run `../.venv/bin/python -c '{WRITE}'`"
    )


def test_tiktoken_without_a_network_and_without_a_copy_says_what_is_built_in(tmp_path):
    code = "from g2c.tokenizer import tiktoken_encoding; tiktoken_encoding('gpt2')"
    offline = {"HTTPS_PROXY": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT / "course",
        env={**os.environ, **offline, "TIKTOKEN_CACHE_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    last = done.stderr.strip().splitlines()[-1]
    assert (
        last.startswith("ConnectionError: tiktoken has to fetch") and "course_tokenizer()" in last
    )


def cut(rng, text):
    """The text in chunks of random length."""
    at = 0
    while at < len(text):
        length = rng.choice((1, 2, 5, 30))
        yield text[at : at + length]
        at += length
