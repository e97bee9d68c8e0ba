# ruff: noqa
# fmt: off
# The mistakes of `course/mistakes/tokenizer.py` as somebody else would write them: they measure the diagnosis.

# BEGIN VARIANT tokenizer.encode separator_spelled_out: map
return list(map(self.ids.__getitem__, text))
# END VARIANT

# BEGIN VARIANT tokenizer.encode separator_lost: one list for each document, added up
ids = []
for document in text.split(END_OF_TEXT):
    for character in document:
        ids.append(self.ids[character])
return ids
# END VARIANT

# BEGIN VARIANT tokenizer.encode separator_at_the_end: partition until nothing is left
ids, rest, separator = [], text, END_OF_TEXT
while separator:
    document, separator, rest = rest.partition(END_OF_TEXT)
    ids.extend(self.ids[c] for c in document)
    ids.append(len(self.tokens) - 1)
return ids
# END VARIANT

# BEGIN VARIANT tokenizer.encode unicode_numbers: four bytes a character
data = text.encode("utf-32-le")
return [int.from_bytes(data[i : i + 4], "little") for i in range(0, len(data), 4)]
# END VARIANT

# BEGIN VARIANT tokenizer.decode with_blanks: a loop that adds a blank before all but the first
text = ""
for place, id in enumerate(ids):
    if place:
        text += " "
    text += self.tokens[id]
return text
# END VARIANT

# BEGIN VARIANT tokenizer.decode separator_dropped: replaced in the finished text
pieces = [self.tokens[id] for id in ids]
return "".join(filter(lambda piece: piece != END_OF_TEXT, pieces))
# END VARIANT

# BEGIN VARIANT tokenizer.decode code_points: map
return str.join('', map(chr, ids))
# END VARIANT

# BEGIN VARIANT tokenizer.decode ids_as_text: a running text of formatted numbers
text = ""
for id in ids:
    text = f"{text}{id}"
return text
# END VARIANT

# BEGIN VARIANT tokenizer.pair_counts words_count_once: a counter of all pairs of all keys
from collections import Counter

return dict(Counter(pair for tokens in words.keys() for pair in pairwise(tokens)))
# END VARIANT

# BEGIN VARIANT tokenizer.pair_counts once_a_word: a list of the pairs that the word has shown
counts = {}
for tokens in words:
    shown = []
    for place in range(1, len(tokens)):
        pair = (tokens[place - 1], tokens[place])
        if pair in shown:
            continue
        shown.append(pair)
        counts.setdefault(pair, 0)
        counts[pair] += words[tokens]
return counts
# END VARIANT

# BEGIN VARIANT tokenizer.pair_counts last_word_wins: a comprehension over words and pairs
return {pair: count for tokens, count in words.items() for pair in pairwise(tokens)}
# END VARIANT

# BEGIN VARIANT tokenizer.pair_counts without_overlap: zip of the even and the odd places
from collections import defaultdict

counts = defaultdict(int)
for tokens, count in words.items():
    for pair in zip(tokens[0::2], tokens[1::2]):
        counts[pair] += count
return dict(counts)
# END VARIANT

# BEGIN VARIANT tokenizer.pair_counts joined_tokens: joined slices, in a counter
from collections import Counter

counts = Counter()
for tokens, count in words.items():
    for place in range(len(tokens) - 1):
        counts[b"".join(tokens[place : place + 2])] += count
return dict(counts)
# END VARIANT

# BEGIN VARIANT tokenizer.pair_counts across_words: one long list of tokens, each with its word's count
line = [(token, count) for tokens, count in words.items() for token in tokens]
counts = {}
for (one, _), (other, count) in pairwise(line):
    counts.setdefault((one, other), 0)
    counts[one, other] += count
return counts
# END VARIANT

# BEGIN VARIANT tokenizer.merge_pair first_only: a list of the pairs, and index
pairs = list(pairwise(tokens))
if pair not in pairs:
    return tokens
edited, place = list(tokens), pairs.index(pair)
edited[place : place + 2] = [b"".join(pair)]
return tuple(edited)
# END VARIANT

# BEGIN VARIANT tokenizer.merge_pair overlapping: each token beside the next, in a comprehension
followers = (*tokens[1:], None)
return tuple(
    one + other if (one, other) == pair else one for one, other in zip(tokens, followers)
)
# END VARIANT

# BEGIN VARIANT tokenizer.merge_pair from_the_right: pops from the end, and turns the result round
waiting, merged = list(tokens), []
while waiting:
    last = waiting.pop()
    if waiting and (waiting[-1], last) == pair:
        last = waiting.pop() + last
    merged.append(last)
return tuple(reversed(merged))
# END VARIANT

# BEGIN VARIANT tokenizer.merge_pair joined_bytes_match: an iterator and what is held back
joined, merged, held = b"".join(pair), [], None
for token in tokens:
    if held is None:
        held = token
    elif held + token == joined:
        merged.append(joined)
        held = None
    else:
        merged.append(held)
        held = token
return tuple(merged if held is None else [*merged, held])
# END VARIANT

# BEGIN VARIANT tokenizer.merge_pair last_token_lost: a loop over neighbours that may skip one
merged, skip = (), False
for one, other in pairwise(tokens):
    if skip:
        skip = False
        continue
    skip = (one, other) == pair
    merged += (one + other,) if skip else (one,)
return merged
# END VARIANT

# BEGIN VARIANT tokenizer.merge_pair until_nothing_left: joins onto the last token of what is finished
first, second = pair
finished = []
for token in tokens:
    if finished and token == second and finished[-1].endswith(first):
        finished[-1] += token
    else:
        finished.append(token)
return tuple(finished)
# END VARIANT

# BEGIN VARIANT tokenizer.best_pair first_seen: a loop with a larger-than
best, most = None, float("-inf")
for pair, count in counts.items():
    if count > most:
        best, most = pair, count
return best
# END VARIANT

# BEGIN VARIANT tokenizer.best_pair smallest_of_equals: sorted by falling count, then by pair
ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
return ordered[0][0]
# END VARIANT

# BEGIN VARIANT tokenizer.best_pair greatest_of_all: sorts the pairs with their counts, so the pairs decide
return sorted(counts.items())[-1][0]
# END VARIANT

# BEGIN VARIANT tokenizer.best_pair joined_to_compare: a loop over those with the highest count
most, best = max(counts.values()), None
for pair, count in counts.items():
    if count == most and (best is None or b"".join(pair) > b"".join(best)):
        best = pair
return best
# END VARIANT

# BEGIN VARIANT tokenizer.best_pair longest_of_equals: filtered twice
most = max(counts.values())
frequent = [pair for pair in counts if counts[pair] == most]
length = max(len(one) + len(other) for one, other in frequent)
return sorted(pair for pair in frequent if len(pair[0]) + len(pair[1]) == length)[-1]
# END VARIANT

# BEGIN VARIANT tokenizer.best_pair rarest: the first of all sorted counts
return sorted((count, pair) for pair, count in counts.items())[0][1]
# END VARIANT

# BEGIN VARIANT tokenizer.learn_merges counted_once: heapq, and one count
import heapq

counts = pair_counts(words)
best = heapq.nlargest(num_merges, ((count, pair) for pair, count in counts.items()))
return [pair for _, pair in best]
# END VARIANT

# BEGIN VARIANT tokenizer.learn_merges no_end: a list of words and a list of their counts
vocabulary, merges = list(words), []
while len(merges) < num_merges:
    merges.append(best_pair(pair_counts(dict(zip(vocabulary, words.values())))))
    vocabulary = [merge_pair(tokens, merges[-1]) for tokens in vocabulary]
return merges
# END VARIANT

# BEGIN VARIANT tokenizer.learn_merges rare_pairs_left: filters out what occurs only once
merges = []
for _ in range(num_merges):
    counts = {pair: count for pair, count in pair_counts(words).items() if count > 1}
    if not counts:
        return merges
    merges.append(best_pair(counts))
    words = {merge_pair(tokens, merges[-1]): words[tokens] for tokens in words}
return merges
# END VARIANT

# BEGIN VARIANT tokenizer.learn_merges one_too_many: counts down to zero, and zero counts
merges = []
for left in range(num_merges, -1, -1):
    counts = pair_counts(words)
    if len(counts) == 0:
        break
    pair = best_pair(counts)
    merges += [pair]
    words = {merge_pair(tokens, pair): words[tokens] for tokens in words}
return merges
# END VARIANT

# BEGIN VARIANT tokenizer.learn_merges words_changed: takes each word out of the dictionary and puts it in again
merges = []
for _ in range(num_merges):
    counts = pair_counts(words)
    if not counts:
        break
    merges.append(best_pair(counts))
    for tokens in list(words):
        count = words.pop(tokens)
        words[merge_pair(tokens, merges[-1])] = count
return merges
# END VARIANT

# BEGIN VARIANT tokenizer.learn_merges joined_tokens: joined at the end
merges = []
for _ in range(num_merges):
    if not (counts := pair_counts(words)):
        break
    merges.append(best_pair(counts))
    words = {merge_pair(tokens, merges[-1]): count for tokens, count in words.items()}
return list(map(b"".join, merges))
# END VARIANT

# BEGIN VARIANT tokenizer.encode_word longest_token_first: shortens the end until a token is known
known = {b"".join(pair) for pair in ranks}
found = []
while word:
    end = len(word)
    while end > 1 and word[:end] not in known:
        end -= 1
    found.append(word[:end])
    word = word[end:]
return tuple(found)
# END VARIANT

# BEGIN VARIANT tokenizer.encode_word first_pair_found: begins anew after each merge, with next
pair = next(filter(ranks.__contains__, pairwise(tokens)), None)
while pair is not None:
    tokens = merge_pair(tokens, pair)
    pair = next(filter(ranks.__contains__, pairwise(tokens)), None)
return tokens
# END VARIANT

# BEGIN VARIANT tokenizer.encode_word latest_first: sorted by rank, the last one
while True:
    ordered = sorted(set(pairwise(tokens)) & set(ranks), key=ranks.get)
    if not ordered:
        break
    tokens = merge_pair(tokens, ordered[-1])
return tokens
# END VARIANT

# BEGIN VARIANT tokenizer.encode_word one_merge: goes through the merges in order, and returns at the first
pairs = set(pairwise(tokens))
for pair in sorted(ranks, key=ranks.get):
    if pair in pairs:
        return merge_pair(tokens, pair)
return tokens
# END VARIANT

# BEGIN VARIANT tokenizer.encode_word bytes_only: bytes of single numbers
return tuple(bytes((number,)) for number in word)
# END VARIANT

# BEGIN VARIANT tokenizer.encode_word unknown_pairs_too: a rank of infinity for the others
while len(tokens) >= 2:
    best, lowest = tokens[:2], float("inf")
    for pair in pairwise(tokens):
        if ranks.get(pair, float("inf")) < lowest:
            best, lowest = pair, ranks[pair]
    tokens = merge_pair(tokens, best)
return tokens
# END VARIANT

# BEGIN VARIANT tokenizer.split_special as_given: looks at each place for each token in turn
pieces, start, place = [], 0, 0
while place < len(text):
    special = next((token for token in special_tokens if text.startswith(token, place)), "")
    if special:
        pieces += [text[start:place], special]
        start = place = place + len(special)
    else:
        place += 1
return list(filter(None, [*pieces, text[start:]]))
# END VARIANT

# BEGIN VARIANT tokenizer.split_special not_escaped: finditer
pattern = re.compile("|".join(sorted(special_tokens, key=lambda token: -len(token))))
pieces, start = [], 0
for match in pattern.finditer(text):
    pieces += [text[start : match.start()], match[0]]
    start = match.end()
pieces.append(text[start:])
return [piece for piece in pieces if piece != ""]
# END VARIANT

# BEGIN VARIANT tokenizer.split_special specials_lost: finditer that keeps what is between
pattern = "|".join(re.escape(token) for token in sorted(special_tokens, key=len)[::-1])
pieces, start = [], 0
for match in re.finditer(pattern, text):
    pieces.append(text[start : match.start()])
    start = match.end()
pieces.append(text[start:])
return list(filter(len, pieces))
# END VARIANT

# BEGIN VARIANT tokenizer.split_special empty_pieces: finditer that keeps everything
pattern = "|".join(re.escape(token) for token in sorted(special_tokens, key=lambda token: -len(token)))
pieces, start = [], 0
for match in re.finditer(pattern, text):
    pieces.extend((text[start : match.start()], match.group()))
    start = match.end()
return [*pieces, text[start:]]
# END VARIANT

# BEGIN VARIANT tokenizer.split_special first_one_only: partition until nothing is left
special, *_ = special_tokens
pieces, rest = [], text
while rest:
    piece, separator, rest = rest.partition(special)
    pieces += [part for part in (piece, separator) if part]
return pieces
# END VARIANT

# BEGIN VARIANT tokenizer.split_special blanks_stripped: map of strip, and filter
ordered = sorted(special_tokens, key=lambda token: -len(token))
pieces = re.split("(" + "|".join(re.escape(token) for token in ordered) + ")", text)
return list(filter(None, map(str.strip, pieces)))
# END VARIANT

# BEGIN VARIANT tokenizer.encode_text one_long_word: extends by map
from g2c.tokenizer import splitting

found = []
for piece in splitting.split_special(text, special_tokens):
    if piece in special_tokens:
        found.append(ids[piece.encode("utf-8")])
    else:
        found.extend(map(ids.__getitem__, encode_word(word_bytes(piece), ranks)))
return found
# END VARIANT

# BEGIN VARIANT tokenizer.encode_text specials_as_text: a comprehension in one
return [ids[token] for word in pre_tokens(text) for token in encode_word(word_bytes(word), ranks)]
# END VARIANT

# BEGIN VARIANT tokenizer.encode_text specials_merged_as_words: chained
from itertools import chain

words = map(word_bytes, pre_tokens(text, special_tokens))
tokens = chain.from_iterable(encode_word(word, ranks) for word in words)
return list(map(ids.__getitem__, tokens))
# END VARIANT

# BEGIN VARIANT tokenizer.encode_text specials_left_out: continue at a special token
found = []
for word in pre_tokens(text, special_tokens):
    if word in special_tokens:
        continue
    for token in encode_word(word_bytes(word), ranks):
        found.append(ids[token])
return found
# END VARIANT

# BEGIN VARIANT tokenizer.encode_text blanks_lost: a regular expression for what is no blank
import re

found = []
for word in re.findall(r"\S+", text):
    if word in special_tokens:
        found.append(ids[word.encode()])
    else:
        found.extend(ids[token] for token in encode_word(word_bytes(word), ranks))
return found
# END VARIANT

# BEGIN VARIANT tokenizer.encode_text ranks_for_ids: one table of ids and ranks, the ranks over the ids
table = dict(ids)
for (first, second), rank in ranks.items():
    table[first + second] = rank
found = []
for word in pre_tokens(text, special_tokens):
    if word in special_tokens:
        found.append(table[word.encode()])
    else:
        found.extend(table[token] for token in encode_word(word_bytes(word), ranks))
return found
# END VARIANT

# BEGIN VARIANT tokenizer.bpe_decode token_by_token: a running text, and str
text = ""
for id in ids:
    text += str(self.decode_bytes((id,)), "utf-8", "replace")
return text
# END VARIANT

# BEGIN VARIANT tokenizer.bpe_decode strict: str of the bytes
data = self.decode_bytes(ids)
return str(data, encoding="utf-8")
# END VARIANT

# BEGIN VARIANT tokenizer.bpe_decode bad_bytes_left_out: codecs
import codecs

return codecs.decode(self.decode_bytes(ids), "utf-8", "ignore")
# END VARIANT

# BEGIN VARIANT tokenizer.bpe_decode latin_1: chr of every byte
return "".join(chr(byte) for byte in self.decode_bytes(ids))
# END VARIANT

# BEGIN VARIANT tokenizer.bpe_decode with_blanks: a bytearray, its last blank taken off
data = bytearray()
for id in ids:
    data += self.decode_bytes([id])
    data += b" "
return str(data[:-1], "utf-8", "replace")
# END VARIANT

# BEGIN VARIANT tokenizer.bpe_decode escapes: character after character, and an exception for what is none
data, text = self.decode_bytes(ids), ""
while data:
    try:
        text, data = text + data.decode(), b""
    except UnicodeDecodeError as error:
        bad = data[error.start : error.end]
        text += data[: error.start].decode() + "".join(f"\\x{byte:02x}" for byte in bad)
        data = data[error.end :]
return text
# END VARIANT

# BEGIN VARIANT tokenizer.count_words without_pre_tokens: an index of pieces, texts first
def count_words(source, special_tokens):
    texts = source
    if isinstance(source, (str, os.PathLike)):
        with open(source) as file:
            texts = [file.read()]
    counts = {}
    for text in texts:
        check_text(text)
        for piece in split_special(text, special_tokens):
            if piece not in special_tokens:
                key = piece.encode()
                counts[key] = counts.get(key, 0) + 1
    return counts
# END VARIANT

# BEGIN VARIANT tokenizer.count_words specials_counted: a plain dictionary of bytes
def count_words(source, special_tokens):
    counts = {}
    for found in _read(source, special_tokens):
        for word in map(word_bytes, found):
            counts.setdefault(word, 0)
            counts[word] += 1
    return counts
# END VARIANT

# BEGIN VARIANT tokenizer.stream_pre_tokens chunk_by_chunk: a function and map
def stream_pre_tokens(chunks, special_tokens):
    def cut(chunk):
        check_text(chunk)
        return pre_tokens(chunk, special_tokens)

    yield from map(cut, chunks)
# END VARIANT

# BEGIN VARIANT tokenizer.stream_pre_tokens read_to_the_end: a running text
def stream_pre_tokens(chunks, special_tokens):
    text = ""
    for chunk in chunks:
        check_text(chunk)
        text += chunk
    yield pre_tokens(text, special_tokens)
# END VARIANT

# BEGIN VARIANT tokenizer.stream_pre_tokens last_word_held_back: unpacked, the last one by itself
def stream_pre_tokens(chunks, special_tokens):
    waiting = []
    for chunk in chunks:
        check_text(chunk)
        words = pre_tokens("".join([*waiting, chunk]), special_tokens)
        waiting = words[-1:]
        yield words[:-1]
    yield pre_tokens("".join(waiting), special_tokens)
# END VARIANT

# BEGIN VARIANT tokenizer.vocabulary specials_first: a dictionary that grows by its own length
def vocabulary(merges, special_tokens):
    vocab = {}
    for special in special_tokens:
        vocab[len(vocab)] = special.encode("utf-8")
    for token in (*BYTES, *map(b"".join, merges)):
        vocab[len(vocab)] = token
    return vocab
# END VARIANT

# BEGIN VARIANT tokenizer.vocabulary specials_last: three parts, numbered one after the other
def vocabulary(merges, special_tokens):
    tokens = list(BYTES)
    for one, other in merges:
        tokens.append(one + other)
    tokens += [special.encode() for special in special_tokens]
    return {id: token for id, token in zip(range(len(tokens)), tokens)}
# END VARIANT
