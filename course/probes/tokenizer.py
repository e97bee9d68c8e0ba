"""Calls that tell the known mistakes in `g2c.tokenizer` apart; see course/probes/tensors.py.

Bytes are shown as text (latin-1), and tables as sorted lists: so they can be recorded.
"""

from g2c import tokenizer
from g2c.tokenizer import END_OF_TEXT, BPETokenizer, CharTokenizer, splitting
from g2c.tokenizer.rescan import vocabulary as vocabulary_of

TEXTS = ("cab", "", f"a{END_OF_TEXT}b", f"{END_OF_TEXT}ba{END_OF_TEXT}{END_OF_TEXT}c", END_OF_TEXT)


def encode():
    plain, whole = CharTokenizer("abc"), CharTokenizer.from_text("abc <|> endoftext")
    for text in TEXTS:
        yield plain.encode, text  # the letters of the separator are not in this alphabet
        yield whole.encode, text


def decode():
    tokenizer = CharTokenizer("bca")
    for ids in ([2, 0, 1, 1], [], [3], [0, 3, 3, 2], [3, 1, 3]):
        yield tokenizer.decode, ids


def _tokens(text):
    return tuple(token.encode() for token in text.split())


def _pair(text):
    first, second = _tokens(text)
    return first, second


def _shown(value):
    """Bytes as text, at any depth; what is neither bytes nor a sequence as it is."""
    if isinstance(value, bytes):
        return value.decode("latin-1")
    return [_shown(part) for part in value] if isinstance(value, (list, tuple)) else value


def pair_counts():
    for words in (
        {"l o w": 5, "l o w e r": 2}, {"a a a": 4}, {"a b a b": 1, "b a": 3}, {}, {"x": 9},
        {"a bc": 2, "ab c": 7, "c ab c": 1}, {"x y z": 1, "q x y": 10},
    ):  # fmt: skip
        yield _counts, [[text, count] for text, count in words.items()]


def _counts(words):
    found = tokenizer.pair_counts({_tokens(text): count for text, count in words})
    return [[_shown(pair), count] for pair, count in sorted(found.items())]


def merge_pair():
    for text, pair in (
        ("a b c a b", "a b"), ("l o w", "o w"), ("a a a", "a a"), ("a a a a", "a a"), ("", "a b"),
        ("a bc ab c", "a bc"), ("a b b", "a b"), ("ab c a bc x", "ab c"), ("b a", "a b"),
    ):  # fmt: skip
        yield _merged, text, pair


def _merged(text, pair):
    return _shown(tokenizer.merge_pair(_tokens(text), _pair(pair)))


def best_pair():
    for counts in (
        [["z z", 3], ["a b", 7], ["y x", 6]], [["e s", 9], ["s t", 9], ["es t", 9], ["z z", 8]],
        [["es t", 9], ["s t", 9], ["e s", 9]], [["a zz", 2], ["az z", 2], ["az a", 2]],
        [["ab z", 1], ["b a", 1]], [["q r", 1]], [["b a", 2], ["a c", 2], ["a b", 2]],
    ):  # fmt: skip
        yield _best, counts


def _best(counts):
    return _shown(tokenizer.best_pair({_pair(pair): count for pair, count in counts}))


def learn_merges():
    textbook = [["l o w", 5], ["l o w e r", 2], ["w i d e s t", 3], ["n e w e s t", 6]]
    for words, count in (
        (textbook, 6), (textbook, 1), (textbook, 12), ([["a b c", 5], ["a b", 1], ["x y", 2]], 3),
        ([["a b", 3], ["c", 1]], 10), ([], 4), ([["a b", 3]], 0), ([["a b c d", 1]], 9),
        ([["a a a a a", 2]], 4), (textbook, 99),
    ):  # fmt: skip
        yield _learned, words, count


def _learned(words, count):
    given = {_tokens(text): number for text, number in words}
    before = dict(given)
    merges = tokenizer.learn_merges(given, count)
    return _shown(merges), given == before


def encode_word():
    for word, merges in (
        ("n\u00e9", ["x y"]), ("", ["x y"]), ("lowest", ["s t", "e st", "o w", "l ow"]),
        ("aaaaa", ["a a", "aa aa"]), ("abc", ["b c", "a b"]), ("abc", ["a b", "b c"]),
        ("abcde", ["d e", "c d", "a b", "ab cd"]), ("abab", ["b a", "a b", "ab ab"]),
        ("aaab", ["a b", "a a"]), ("abc", ["b c", "a bc", "a b"]), ("xyz", ["y z"]),
        ("abcabc", ["c a", "b c", "a b", "ab c"]),
    ):  # fmt: skip
        yield _encoded, word, merges


def _encoded(word, merges):
    ranks = {_pair(merge): rank for rank, merge in enumerate(merges)}
    return _shown(tokenizer.encode_word(word.encode(), ranks))


def split_special():
    for text, specials in (
        (f"one{END_OF_TEXT} two{END_OF_TEXT}{END_OF_TEXT}", [END_OF_TEXT]), ("", ["<a>"]),
        ("x<a><a><a>", ["<a>", "<a><a>"]), ("x<a><a><a>", ["<a><a>", "<a>"]),
        ("a|b.c|d[x]", ["|d", "[x]"]), (f"{END_OF_TEXT} x ", [END_OF_TEXT, "<s>"]),
        ("plain text", ["<a>"]), ("<b>x<a>", ["<a>", "<b>"]), ("a+b a.b", ["a.b", "a+b"]),
    ):  # fmt: skip
        yield tokenizer.split_special, text, specials


def encode_text():
    for text, specials in (
        ("low lower", []), ("", []), ("lo w e r", []), ("e<b lowe<", []),
        (f"low{END_OF_TEXT}e{END_OF_TEXT}", [END_OF_TEXT]),
        (f"low {END_OF_TEXT}", []), ("er <s> low", ["<s>"]), ("e<s>e", ["<s>"]), ("  low\n", []),
        ("n\u00e9 1er", [END_OF_TEXT]), (END_OF_TEXT, [END_OF_TEXT]), ("x\nlow", ["<s>"]),
    ):  # fmt: skip
        yield _ids, text, specials


def _ids(text, specials):
    merges = [_pair(text) for text in ("l o", "lo w", "e r", "e <", "w er", "s >")]
    ids = {token: id for id, token in enumerate(_vocabulary(merges, [END_OF_TEXT, "<s>"]))}
    ranks = {pair: rank for rank, pair in enumerate(merges)}
    return tokenizer.encode_text(text, ids, ranks, specials)


def _vocabulary(merges, specials):
    return [
        *(bytes([byte]) for byte in range(256)),
        *(token.encode() for token in specials),
        *(first + second for first, second in merges),
    ]


def bpe_decode():
    for ids in (
        [258, 32, 257, 256], [], [*"n\u00e9 \U0001f642".encode()], [0x61, 0xFF, 0x62, 0xE2, 0x82],
        [0xC3], [0xC3, 258], [0xA9, 0xC3, 0xA9], [104, 105], [0xF0, 0x9F, 0x99],
    ):  # fmt: skip
        yield _decoded, ids


def _decoded(ids):
    merges = [_pair("l o"), _pair("lo w")]
    made = BPETokenizer(dict(enumerate(_vocabulary(merges, [END_OF_TEXT]))), merges, [END_OF_TEXT])
    return made.decode(ids)


def count_words():
    for texts, specials in (
        (["low lower low"], ()), (["a", "a b"], ()), ([f"ab{END_OF_TEXT}ab"], (END_OF_TEXT,)),
        ([], ()), (["it's 2+2\n\n x"], ("<s>",)),
    ):  # fmt: skip
        yield _word_counts, texts, specials


def _word_counts(texts, specials):
    found = splitting.count_words(texts, specials)
    return [[_shown(word), count] for word, count in sorted(found.items())]


def stream_pre_tokens():
    for chunks, specials in (
        (["low", "er the", "n  ", " x"], ()), (["a<|endof", "text|>b"], (END_OF_TEXT,)),
        (["a<s><", "s>", "b"], ("<s>", "<s><s>")), (["it'", "ll \n", "\nx"], ("<s>",)), ([], ()),
    ):  # fmt: skip
        yield _streamed, chunks, specials
    yield (_read_ahead,)


def _streamed(chunks, specials):
    kept, splitting.CHUNK = splitting.CHUNK, 1
    try:
        found = [word for words in splitting.stream_pre_tokens(chunks, specials) for word in words]
    finally:
        splitting.CHUNK = kept
    return found


def _read_ahead():
    """Whether something has come out before everything has gone in."""
    read = []

    def chunks():
        for n in range(400):
            read.append(n)
            yield "some words of text " * 100

    next(splitting.stream_pre_tokens(chunks(), ()))
    return len(read) < 400


def vocabulary():
    for merges, specials in (([], []), ([], ["<s>", "<t>"]), (["a b", "ab c"], ["<s>"])):
        yield _ids_of, merges, specials


def _ids_of(merges, specials):
    found = vocabulary_of([_pair(merge) for merge in merges], specials)
    return list(found), _shown([*found.values()][:3]), _shown([*found.values()][255:])
