"""Module 04, Tokenizer: text as a list of numbers, and back. Needs no torch.

Write, in this order, in g2c/tokenizer/:

 1. tokenizer.encode          a text as ids, one a character        (char.py)
 2. tokenizer.decode          ids as text                           (char.py)
 3. tokenizer.pair_counts     which tokens are neighbours           (pairs.py)
 4. tokenizer.merge_pair      two tokens become one                 (pairs.py)
 5. tokenizer.best_pair       which two                             (pairs.py)
 6. tokenizer.learn_merges    training, the simple way              (rescan.py)
 7. tokenizer.encode_word     the tokens of a word                  (simple.py)
 8. tokenizer.split_special   special tokens stay whole             (splitting.py)
 9. tokenizer.encode_text     the ids of a text                     (simple.py)
10. tokenizer.bpe_decode      ids as text, whatever they are        (bpe.py)

Given: the fast ones, `train_bpe` and `BPETokenizer`, which stand on your `split_special` and are
proven equal to your simple ones at the end; `course_tokenizer`; the checks of input.
"""

import random
import subprocess
import sys
import tracemalloc

import pytest

from g2c.tokenizer import (
    END_OF_TEXT,
    BPETokenizer,
    CharTokenizer,
    best_pair,
    course_tokenizer,
    encode_text,
    encode_word,
    learn_merges,
    merge_pair,
    pair_counts,
    pre_tokens,
    split_special,
    tiktoken_encoding,
    train_bpe,
    train_bpe_rescan,
)


def tokens(text: str) -> tuple[bytes, ...]:
    """`"lo w"` as two tokens, `(b"lo", b"w")`."""
    return tuple(token.encode() for token in text.split())


def pair(text: str) -> tuple[bytes, bytes]:
    first, second = tokens(text)
    return first, second


def ranks(*merges: str) -> dict[tuple[bytes, bytes], int]:
    """`ranks("l o", "lo w")`: the merges in the order in which they were learned."""
    return {pair(merge): rank for rank, merge in enumerate(merges)}


# The words of Sennrich, Haddow and Birch 2016, algorithm 1, without their end-of-word sign.
WORDS = {"low": 5, "lower": 2, "widest": 3, "newest": 6}
STORY = " ".join(word for word, count in WORDS.items() for _ in range(count))
HOSTILE = [
    "", " ", "  two  blanks  ", "line\r\n\r\n\tline \n", "it's they'LL we've 'tis", "2+2=4, 12345",
    "naïve é e\u0301 ﬁ", "東京タワー", "🙂👩‍👩‍👧❤️", "\x00\x1f\x7f\ufeff\ufffd\u200b\u2028",
    "a" * 200, " " * 99 + "x", f"x{END_OF_TEXT}{END_OF_TEXT} y", "<|endoftext|",
    "נמחי ​ة\u0663", "\U0010ffff\ue000",
]  # fmt: skip


# ---- 1 and 2: one id a character ----


def test_ids_are_places_in_the_alphabet():
    assert CharTokenizer("cab").encode("abc") == [1, 2, 0]


def test_the_alphabet_of_a_text_is_its_characters_in_order():
    tokenizer = CharTokenizer.from_text("hello")
    assert tokenizer.tokens == ["e", "h", "l", "o", END_OF_TEXT]
    assert tokenizer.vocab_size == 5


def test_the_separator_is_one_id_wherever_it_stands():
    tokenizer = CharTokenizer("ab")
    end = tokenizer.eos_id
    assert end == tokenizer.vocab_size - 1 == 2
    assert tokenizer.encode(f"a{END_OF_TEXT}b") == [0, end, 1]
    assert tokenizer.encode(f"{END_OF_TEXT}{END_OF_TEXT}a{END_OF_TEXT}") == [end, end, 0, end]


def test_the_letters_of_a_separator_are_not_text():
    assert CharTokenizer.from_text(f"ab{END_OF_TEXT}ba").tokens == ["a", "b", END_OF_TEXT]


def test_half_a_separator_is_ordinary_characters():
    half = "<|end|>"
    tokenizer = CharTokenizer.from_text(half)
    assert len(tokenizer.encode(half)) == len(half)


@pytest.mark.parametrize("text", ["", "a", "naïve 東京 🙂\r\n\t", f"x{END_OF_TEXT}{END_OF_TEXT}y"])
def test_decoding_brings_back_the_text(text):
    tokenizer = CharTokenizer.from_text(text + "z")
    assert tokenizer.decode(tokenizer.encode(text)) == text


def test_every_id_stands_for_one_token():
    tokenizer = CharTokenizer("xyz")
    assert [tokenizer.decode([id]) for id in range(4)] == ["x", "y", "z", END_OF_TEXT]


def test_an_unknown_character_is_named_with_its_position_and_a_cure():
    text = f"ab{END_OF_TEXT}a<b"
    with pytest.raises(ValueError, match=rf"'<' at position {text.index('<b')} .*from_text"):
        CharTokenizer("ab").encode(text)


@pytest.mark.parametrize("bad", [-1, 3])
def test_an_id_outside_the_vocabulary_is_refused(bad):
    with pytest.raises(ValueError, match=rf"id {bad} at position 1 .*0 … 2"):
        CharTokenizer("ab").decode([0, bad])


@pytest.mark.parametrize("alphabet, message", [("", "empty"), ("abca", "'a' 2 times")])
def test_an_alphabet_that_cannot_work_is_refused(alphabet, message):
    with pytest.raises(ValueError, match=message):
        CharTokenizer(alphabet)


# ---- 3: tokenizer.pair_counts ----


def test_a_pair_counts_as_often_as_its_words_occur():
    counts = pair_counts({tokens("l o w"): 5, tokens("l o w e r"): 2})
    assert dict(counts) == {pair("l o"): 7, pair("o w"): 7, pair("w e"): 2, pair("e r"): 2}


def test_pairs_in_one_word_may_repeat_and_overlap():
    assert dict(pair_counts({tokens("a a a"): 4})) == {pair("a a"): 8}
    assert dict(pair_counts({tokens("a b a b"): 1})) == {pair("a b"): 2, pair("b a"): 1}


def test_pairs_are_of_tokens_and_never_reach_across_words():
    counts = pair_counts({tokens("low er"): 3, tokens("x"): 9, tokens("w ide"): 1})
    assert dict(counts) == {pair("low er"): 3, pair("w ide"): 1}
    assert dict(pair_counts({})) == {}


# ---- 4: tokenizer.merge_pair ----


def test_every_occurrence_of_the_pair_is_merged():
    assert merge_pair(tokens("a b c a b"), pair("a b")) == tokens("ab c ab")
    assert merge_pair(tokens("l o w"), pair("o w")) == tokens("l ow")


def test_merging_goes_from_left_to_right_and_uses_no_token_twice():
    assert merge_pair(tokens("a a a"), pair("a a")) == tokens("aa a")
    assert merge_pair(tokens("a a a a"), pair("a a")) == tokens("aa aa")


def test_only_exactly_these_two_tokens_are_merged():
    assert merge_pair(tokens("a bc ab c b a"), pair("a b")) == tokens("a bc ab c b a")
    assert merge_pair(tokens("ab c a bc"), pair("a bc")) == tokens("ab c abc")
    assert merge_pair((), pair("a b")) == ()


# ---- 5: tokenizer.best_pair ----


def test_the_most_frequent_pair_is_best():
    assert best_pair({pair("z z"): 3, pair("a b"): 7, pair("y x"): 6}) == pair("a b")


def test_of_equally_frequent_pairs_the_lexicographically_greatest_is_best():
    counts = {pair("e s"): 9, pair("s t"): 9, pair("es t"): 9, pair("z z"): 8}
    assert best_pair(counts) == pair("s t")
    assert best_pair(dict(reversed(counts.items()))) == pair("s t")


def test_pairs_are_compared_first_by_their_first_token():
    counts = {pair("a zz"): 2, pair("az z"): 2, pair("az a"): 2}
    assert best_pair(counts) == pair("az z")  # joined, the first two would be equal
    assert best_pair({pair("ab z"): 1, pair("b a"): 1}) == pair("b a")


# ---- 6: tokenizer.learn_merges ----


def letters(words: dict[str, int]) -> dict[tuple[bytes, ...], int]:
    return {tokens(" ".join(word)): count for word, count in words.items()}


def test_the_merges_of_the_textbook_example():
    assert learn_merges(letters(WORDS), 6) == [
        pair(merge) for merge in ("s t", "e st", "o w", "l ow", "w est", "n e")
    ]


def test_pairs_are_counted_again_after_every_merge():
    # At first (b, c) is second best; but once all (a, b) are merged, none of it is left.
    words = letters({"abc": 5, "ab": 1, "xy": 2})
    assert learn_merges(words, 3) == [pair("a b"), pair("ab c"), pair("x y")]


def test_merging_ends_where_no_pair_is_left():
    assert learn_merges(letters({"ab": 3, "c": 1}), 10) == [pair("a b")]
    assert learn_merges({}, 10) == learn_merges(letters({"ab": 3}), 0) == []


def test_the_words_that_were_given_are_left_as_they_are():
    words = letters(WORDS)
    learn_merges(words, 3)
    assert words == letters(WORDS)


# ---- 7: tokenizer.encode_word ----


def test_a_word_without_known_pairs_stays_bytes():
    assert encode_word("né".encode(), ranks("x y")) == (b"n", b"\xc3", b"\xa9")
    assert encode_word(b"", ranks("x y")) == ()


def test_merges_build_on_merges():
    assert encode_word(b"lowest", ranks("s t", "e st", "o w", "l ow")) == tokens("low est")
    assert encode_word(b"aaaaa", ranks("a a", "aa aa")) == tokens("aaaa a")


def test_the_merge_that_was_learned_first_is_made_first():
    assert encode_word(b"abc", ranks("b c", "a b")) == tokens("a bc")
    assert encode_word(b"abc", ranks("a b", "b c")) == tokens("ab c")


def test_the_longest_token_does_not_win():
    # Longest first would cut "abcd" and "e"; but (d, e) was learned before (c, d).
    learned = ranks("d e", "c d", "a b", "ab cd")
    assert encode_word(b"abcde", learned) == tokens("ab c de")


# ---- 8: tokenizer.split_special ----


def test_a_special_token_is_a_piece_by_itself():
    pieces = split_special(f"one{END_OF_TEXT} two{END_OF_TEXT}{END_OF_TEXT}", [END_OF_TEXT])
    assert pieces == ["one", END_OF_TEXT, " two", END_OF_TEXT, END_OF_TEXT]


def test_of_overlapping_special_tokens_the_longest_wins():
    for specials in (["<a>", "<a><a>"], ["<a><a>", "<a>"]):
        assert split_special("x<a><a><a>", specials) == ["x", "<a><a>", "<a>"]


def test_special_tokens_are_text_and_no_pattern():
    assert split_special("a|b.c|d[x]", ["|d", "[x]"]) == ["a|b.c", "|d", "[x]"]


def test_there_are_no_empty_pieces_and_nothing_is_lost():
    for text in ("", END_OF_TEXT, "plain", "<|endoftext|", f"{END_OF_TEXT}x"):
        pieces = split_special(text, [END_OF_TEXT, "<|user|>"])
        assert "".join(pieces) == text and "" not in pieces


# ---- 9: tokenizer.encode_text ----

LEARNED = ranks("l o", "lo w", "e r", "e <", "w er")  # "e <" could eat into a special token
IDS = {bytes([byte]): byte for byte in range(256)}
IDS |= {END_OF_TEXT.encode(): 256}
IDS |= {first + second: 257 + rank for (first, second), rank in LEARNED.items()}


def test_a_text_becomes_the_ids_of_its_tokens():
    assert encode_text("low lower", IDS, LEARNED, []) == [258, 32, 258, 259]
    assert encode_text("", IDS, LEARNED, []) == []


def test_a_token_never_reaches_across_two_pre_tokens():
    assert pre_tokens("lo we<") == ["lo", " we", "<"]
    assert encode_text("lo we<", IDS, LEARNED, []) == [257, 32, 119, 101, 60]


def test_a_special_token_is_one_id_and_nothing_merges_with_it():
    text = f"low{END_OF_TEXT}e{END_OF_TEXT}"
    assert encode_text(text, IDS, LEARNED, [END_OF_TEXT]) == [258, 256, 101, 256]


def test_unlisted_special_tokens_are_ordinary_text():
    assert 256 not in encode_text(f"low{END_OF_TEXT}", IDS, LEARNED, [])


def test_any_text_can_be_encoded_byte_by_byte():
    for text in HOSTILE:
        assert encode_text(text, IDS, {}, []) == list(text.encode())


# ---- 10: tokenizer.bpe_decode ----


def tokenizer_of(*merges: str, special_tokens: list[str] | None = None) -> BPETokenizer:
    learned = [pair(merge) for merge in merges]
    vocab = [*(bytes([byte]) for byte in range(256)), *(a + b for a, b in learned)]
    return BPETokenizer(dict(enumerate(vocab)), learned, special_tokens)


def test_ids_become_the_text_of_their_bytes():
    tokenizer = tokenizer_of("l o", "lo w", special_tokens=[END_OF_TEXT])
    assert tokenizer.decode([257, 32, 256, 258]) == f"low lo{END_OF_TEXT}"
    assert tokenizer.decode([]) == ""


def test_a_character_may_be_spread_over_several_tokens():
    assert tokenizer_of().decode("né 🙂".encode()) == "né 🙂"


def test_bytes_that_are_no_utf8_become_the_replacement_character():
    assert tokenizer_of().decode([0x61, 0xFF, 0x62, 0xE2, 0x82]) == "a\ufffdb\ufffd"
    for byte in range(256):
        assert tokenizer_of().decode([byte]) == (chr(byte) if byte < 128 else "\ufffd")


def test_unknown_ids_are_refused_with_their_position():
    tokenizer = tokenizer_of("l o")
    for bad in (-1, 257):
        with pytest.raises(ValueError, match=rf"id {bad} at position 2 .*0 … 256"):
            tokenizer.decode_bytes([0, 1, bad])
    with pytest.raises(TypeError):
        tokenizer.decode_bytes([1.5])


# ---- given: training, fast ----


def test_the_fast_trainer_learns_what_the_simple_one_learns():
    rng = random.Random(0)
    for alphabet in ("ab", "abc d", "aéß", "ab\n x1'", "0 0"):
        texts = ["".join(rng.choices(alphabet, k=rng.randrange(80))) for _ in range(6)]
        for vocab_size in (258, 270, 300):
            simple = train_bpe_rescan([*texts, STORY], vocab_size, ["<s>", "ab"])
            assert train_bpe([*texts, STORY], vocab_size, ["<s>", "ab"]) == simple


def test_the_vocabulary_is_the_bytes_then_the_special_tokens_then_the_merges():
    vocab, merges = train_bpe([STORY], 262, ["<s>", "<|user|>"])
    assert list(vocab) == list(range(262)) and [vocab[b] for b in range(256)] == [
        bytes([b]) for b in range(256)
    ]
    assert [vocab[id] for id in (256, 257)] == [b"<s>", b"<|user|>"]
    assert [vocab[258 + n] for n in range(4)] == [a + b for a, b in merges]


def test_a_larger_vocabulary_only_adds_to_a_smaller_one():
    (small, few), (large, many) = (train_bpe([STORY], size) for size in (260, 266))
    assert many[: len(few)] == few and small.items() <= large.items()
    assert len(set(large.values())) == len(large)  # no token is made twice


def test_special_tokens_are_never_learned_from():
    text = f"ab{END_OF_TEXT}" * 50
    assert train_bpe([text], 300, [END_OF_TEXT])[1] == [pair("a b")]


def test_a_file_is_read_as_one_text_and_a_list_as_texts(tmp_path):
    text = f"{STORY}\r\n\n{END_OF_TEXT}" * 3
    (tmp_path / "text.txt").write_bytes(text.encode())
    for path in (tmp_path / "text.txt", str(tmp_path / "text.txt")):
        assert train_bpe(path, 275, [END_OF_TEXT]) == train_bpe([text], 275, [END_OF_TEXT])
    assert train_bpe(["a", "b"], 300)[1] == [] != train_bpe(["ab"], 300)[1]


def test_a_training_that_cannot_work_is_refused():
    with pytest.raises(ValueError, match=r"vocab_size \(257\) must be at least 258 .*2 special"):
        train_bpe([STORY], 257, ["<a>", "<b>"])
    with pytest.raises(ValueError, match="'<a>' is given twice"):
        train_bpe([STORY], 300, ["<a>", "<b>", "<a>"])
    with pytest.raises(ValueError, match=r"no file `low .*train_bpe\(\[text\], …\)"):
        train_bpe(STORY, 300)
    for source, specials in ([b"low"], None), ([STORY], END_OF_TEXT), ([STORY], [5]):
        with pytest.raises(TypeError):
            train_bpe(source, 300, specials)
    for short in ("", "a"):
        with pytest.raises(ValueError, match="too short"):
            train_bpe([STORY], 300, [short])


# ---- given: the tokenizer, fast ----


def trained(*specials: str) -> BPETokenizer:
    texts = [STORY, "the theatre, the other: it's 1234 é éé 東京東京 🙂🙂\n\n  \tx" * 3]
    return BPETokenizer(*train_bpe(texts, 330, specials), specials)


def hostile_texts(count: int) -> list[str]:
    rng = random.Random(1)
    pieces = [*"ab \n\t'é🙂\u0301\u200d東0.<|>", "'s", "the", " low", "\r\n", END_OF_TEXT, "  "]
    return [*HOSTILE, *("".join(rng.choices(pieces, k=rng.randrange(40))) for _ in range(count))]


def test_the_fast_encoder_gives_what_the_simple_one_gives():
    tokenizer = trained(END_OF_TEXT, "<|")
    learned = {pair: rank for rank, pair in enumerate(tokenizer.merges)}
    for text in [*hostile_texts(150), "estlow" * 40, "ab" * 100]:
        expected = encode_text(text, tokenizer.ids, learned, tokenizer.special_tokens)
        assert tokenizer.encode(text) == expected
        assert tokenizer.encode(text) == expected  # from the words it remembers, too


def test_tiktoken_gives_the_same_ids():
    tokenizer = trained(END_OF_TEXT)
    encoding = tokenizer.to_tiktoken()
    for text in hostile_texts(300):
        ids = tokenizer.encode(text)
        assert ids == encoding.encode(text, allowed_special="all")
        assert tokenizer.decode(ids) == encoding.decode(ids) == text


def test_every_byte_string_comes_back():
    tokenizer, rng = trained(END_OF_TEXT), random.Random(2)
    for data in [bytes(range(256)), *(rng.randbytes(rng.randrange(50)) for _ in range(100))]:
        text = data.decode("utf-8", "surrogateescape")
        assert tokenizer.decode_bytes(tokenizer.encode(text)) == data


def test_a_text_in_chunks_gives_the_ids_of_the_whole_wherever_it_is_cut(monkeypatch):
    monkeypatch.setattr("g2c.tokenizer.splitting.CHUNK", 1)
    tokenizer = trained(END_OF_TEXT, END_OF_TEXT * 2, "<|")
    text = f"it's  \r\n they'll{END_OF_TEXT * 3} 1234\n \n<|endof  x é🙂e\u0301 <"
    whole = tokenizer.encode(text)
    for cut in range(len(text) + 1):
        assert list(tokenizer.encode_iterable([text[:cut], text[cut:]])) == whole
    for length in (1, 2, 3, 7):
        chunks = [text[at : at + length] for at in range(0, len(text), length)]
        assert list(tokenizer.encode_iterable(chunks)) == whole


def test_encoding_a_longer_stream_takes_no_more_memory(monkeypatch):
    monkeypatch.setattr("g2c.tokenizer.splitting.CHUNK", 1000)
    tokenizer, peaks = trained(END_OF_TEXT), []
    chunk = f"the other low, lower: widest newest 1234 theatre{END_OF_TEXT}\n" * 3
    for repeats in (10, 500):
        tracemalloc.start()
        count = sum(1 for _ in tokenizer.encode_iterable(chunk for _ in range(repeats)))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert count > 10_000 and peaks[1] < 2 * peaks[0]


def test_text_of_another_kind_is_refused():
    tokenizer = trained()
    with pytest.raises(TypeError, match="must be a str, not bytes"):
        tokenizer.encode(b"low")
    with pytest.raises(TypeError, match="must be a str, not int"):
        list(tokenizer.encode_iterable([1]))
    with pytest.raises(ValueError, match="half of a surrogate pair"):
        tokenizer.encode("low \ud83d")


def test_tables_that_do_not_fit_together_are_refused():
    vocab, merges = train_bpe([STORY], 260)
    for bad, learned, message in [
        ({id: vocab[id] for id in range(259)}, merges, r"merge 3 joins"),
        (vocab, merges[1:], r"merge 0 joins b'e' and b'st'"),
        ({**vocab, 7: b"\x08"}, merges, "two ids to one token"),
        ({id: token for id, token in vocab.items() if id != 97}, merges, "none with id 97"),
        ({**vocab, 97: b"spam"}, merges, r"lacks 1 of the 256 bytes, such as b'a'"),
    ]:
        with pytest.raises(ValueError, match=message):
            BPETokenizer(bad, learned)
    with pytest.raises(ValueError, match="'st' is made by a merge"):
        BPETokenizer(vocab, merges, ["st"])


def test_special_tokens_that_the_vocabulary_lacks_get_the_next_ids():
    vocab, merges = train_bpe([STORY], 260, ["<s>"])
    tokenizer = BPETokenizer(vocab, merges, ["<new>", "<s>"])
    assert tokenizer.vocab_size == 261
    assert [tokenizer.ids[token] for token in (b"<s>", b"<new>")] == [256, 260]
    with pytest.raises(ValueError, match=r"'<\|endoftext\|>' is not among"):
        tokenizer.eos_id  # noqa: B018


# ---- given: files, tiktoken and the course's own tokenizer ----


def test_a_tokenizer_is_the_same_after_saving_and_loading(tmp_path):
    given = course_tokenizer()
    tokenizer = BPETokenizer(given.vocab, given.merges, [END_OF_TEXT, "<ü>"])
    tokenizer.save(tmp_path / "one.json")
    again = BPETokenizer.load(tmp_path / "one.json")
    assert (again.vocab, again.merges) == (tokenizer.vocab, tokenizer.merges)
    assert again.special_tokens == tokenizer.special_tokens
    again.save(tmp_path / "two.json")
    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "two.json").read_bytes()


def test_a_file_that_is_no_tokenizer_is_refused(tmp_path):
    path = tmp_path / "tokenizer.json"
    for text, message in [
        ("{", "is no tokenizer"),
        ("[1]", "is no tokenizer"),
        ('{"format": "g2c byte-level BPE", "version": 9}', "version 9; .* version 1"),
        ('{"format": "g2c byte-level BPE", "version": 1, "vocab": ["a"]}', "is damaged"),
    ]:
        path.write_text(text)
        with pytest.raises(ValueError, match=message):
            BPETokenizer.load(path)


def test_tiktoken_merges_by_id_so_ids_that_do_not_rise_cannot_be_handed_over():
    vocab = {**course_tokenizer().vocab}
    vocab[300], vocab[301] = vocab[301], vocab[300]
    with pytest.raises(ValueError, match="makes id 301 and merge .* makes id 300"):
        BPETokenizer(vocab, course_tokenizer().merges, [END_OF_TEXT]).to_tiktoken()


def test_without_a_network_the_message_names_what_is_built_in(monkeypatch):
    def no_network(name):
        raise OSError("no route")

    monkeypatch.setattr("tiktoken.get_encoding", no_network)
    with pytest.raises(ConnectionError, match=r"`gpt2`.*course_tokenizer\(\).*train_bpe"):
        tiktoken_encoding("gpt2")


def test_the_course_has_a_tokenizer_with_one_id_for_the_end_of_a_text():
    tokenizer = course_tokenizer()
    assert tokenizer is course_tokenizer() and tokenizer.vocab_size == 1500
    assert tokenizer.special_tokens == (END_OF_TEXT,)
    assert tokenizer.vocab[tokenizer.eos_id] == END_OF_TEXT.encode()
    assert tokenizer.merges[0] == (b"h", b"e")


def test_the_courses_tokenizer_takes_any_text():
    tokenizer = course_tokenizer()
    for text in hostile_texts(50):
        assert tokenizer.decode(tokenizer.encode(text)) == text
    story = "Once upon a time there was a little girl."
    assert len(tokenizer.encode(story)) < len(story) / 3


def test_the_tokenizer_needs_no_torch():
    import g2c

    code = "import sys; sys.path.insert(0, sys.argv[1]); import g2c.tokenizer; print(*sys.modules)"
    command = [sys.executable, "-c", code, g2c.__path__[0].removesuffix("g2c")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    loaded = done.stdout.split()
    assert "g2c.tokenizer" in loaded and "torch" not in loaded and "tiktoken" not in loaded
