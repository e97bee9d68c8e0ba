# ruff: noqa
# fmt: off
# Correct and unusual implementations of the exercises of `g2c.tokenizer`: the diagnosis must be silent on them.

# BEGIN VARIANT tokenizer.encode regular_expression: a separator or any one character
import re

pattern = re.compile(re.escape(END_OF_TEXT) + "|.", re.DOTALL)
return [self.ids[token] for token in pattern.findall(text)]
# END VARIANT

# BEGIN VARIANT tokenizer.encode cursor: a place that moves by one or by thirteen
ids, place = [], 0
while place < len(text):
    token = END_OF_TEXT if text.startswith(END_OF_TEXT, place) else text[place]
    ids.append(self.ids[token])
    place += len(token)
return ids
# END VARIANT

# BEGIN VARIANT tokenizer.encode stand_in: an unused character in place of the separator
spare = next(chr(n) for n in range(0xE000, 0x110000) if chr(n) not in self.ids)
table = {**self.ids, spare: self.eos_id}
return [table[c] for c in text.replace(END_OF_TEXT, spare)]
# END VARIANT

# BEGIN VARIANT tokenizer.encode recursion: what stands before the separator, and the rest
before, separator, after = text.partition(END_OF_TEXT)
ids = [self.ids[c] for c in before]
return ids + [self.eos_id] + self.encode(after) if separator else ids
# END VARIANT

# BEGIN VARIANT tokenizer.encode between: separators put before all documents but the first
first, *others = text.split(END_OF_TEXT)
ids = list(map(self.tokens.index, first))
for document in others:
    ids.append(len(self.tokens) - 1)
    ids.extend(map(self.tokens.index, document))
return ids
# END VARIANT

# BEGIN VARIANT tokenizer.encode find: from separator to separator with find
ids, start = [], 0
while True:
    end = text.find(END_OF_TEXT, start)
    for c in text[start : end if end >= 0 else len(text)]:
        ids += [self.ids[c]]
    if end < 0:
        return ids
    ids += [self.eos_id]
    start = end + len(END_OF_TEXT)
# END VARIANT

# BEGIN VARIANT tokenizer.decode running_text: adds up
text = ""
for id in ids:
    text += self.tokens[id]
return text
# END VARIANT

# BEGIN VARIANT tokenizer.decode way_back: the dictionary turned round
texts = {id: token for token, id in self.ids.items()}
return "".join(map(texts.get, ids))
# END VARIANT

# BEGIN VARIANT tokenizer.decode buffer: written to a buffer
import io

buffer = io.StringIO(newline="")
buffer.writelines(self.tokens[id] for id in ids)
return buffer.getvalue()
# END VARIANT

# BEGIN VARIANT tokenizer.decode halves: the text of two halves
def text_of(part):
    if len(part) < 2:
        return self.tokens[part[0]] if part else ""
    middle = len(part) // 2
    return text_of(part[:middle]) + text_of(part[middle:])

return text_of(ids)
# END VARIANT

# BEGIN VARIANT tokenizer.decode documents: documents first, then the separator between them
documents = [[]]
for id in ids:
    if id == self.eos_id:
        documents.append([])
    else:
        documents[-1].append(self.tokens[id])
return END_OF_TEXT.join("".join(document) for document in documents)
# END VARIANT

# BEGIN VARIANT tokenizer.pair_counts counter: a counter, as it is
from collections import Counter

counts = Counter()
for tokens, count in words.items():
    for place in range(len(tokens) - 1):
        counts[tokens[place : place + 2]] += count
return counts
# END VARIANT

# BEGIN VARIANT tokenizer.pair_counts grouped: sorted, and the counts of equal pairs added up
from itertools import groupby

pairs = sorted((pair, count) for tokens, count in words.items() for pair in zip(tokens, tokens[1:]))
return {pair: sum(count for _, count in group) for pair, group in groupby(pairs, key=lambda item: item[0])}
# END VARIANT

# BEGIN VARIANT tokenizer.pair_counts in_each_word: a counter for each word, times how often the word occurs
from collections import Counter

counts = {}
for tokens in words:
    for pair, times in Counter(zip(tokens[:-1], tokens[1:])).items():
        counts[pair] = times * words[tokens] + counts.get(pair, 0)
return counts
# END VARIANT

# BEGIN VARIANT tokenizer.pair_counts two_rounds: first every pair with 0, then the sums
counts = dict.fromkeys((pair for tokens in words for pair in pairwise(tokens)), 0)
for tokens, count in reversed(list(words.items())):
    before, *others = tokens or (None,)
    for token in others:
        counts[before, token] += count
        before = token
return counts
# END VARIANT

# BEGIN VARIANT tokenizer.pair_counts setdefault: from the end of each word
counts = {}
for tokens, count in words.items():
    left = list(tokens)
    while len(left) > 1:
        second = left.pop()
        counts.setdefault((left[-1], second), []).append(count)
return {pair: sum(found) for pair, found in counts.items()}
# END VARIANT

# BEGIN VARIANT tokenizer.merge_pair on_a_copy: edits a list from left to right
edited, place = list(tokens), 0
while place < len(edited) - 1:
    if (edited[place], edited[place + 1]) == pair:
        edited[place : place + 2] = [b"".join(pair)]
    place += 1
return tuple(edited)
# END VARIANT

# BEGIN VARIANT tokenizer.merge_pair iterator: holds one token back
first, second = pair
merged, held = [], None
for token in tokens:
    if held is not None and held == first and token == second:
        merged.append(first + second)
        held = None
    else:
        if held is not None:
            merged.append(held)
        held = token
if held is not None:
    merged.append(held)
return tuple(merged)
# END VARIANT

# BEGIN VARIANT tokenizer.merge_pair characters: a character for each token, and str.replace
names = {token: chr(place) for place, token in enumerate(dict.fromkeys((*tokens, *pair)))}
new = chr(len(names))
texts = {name: token for token, name in names.items()} | {new: pair[0] + pair[1]}
line = "".join(names[token] for token in tokens)
return tuple(texts[name] for name in line.replace(names[pair[0]] + names[pair[1]], new))
# END VARIANT

# BEGIN VARIANT tokenizer.merge_pair marks: a mark where a merge begins
begins = []
for place, neighbours in enumerate(pairwise(tokens)):
    begins.append(neighbours == pair and not (place and begins[place - 1]))
begins.append(False)
return tuple(
    token + tokens[place + 1] if begins[place] else token
    for place, token in enumerate(tokens)
    if not (place and begins[place - 1])
)
# END VARIANT

# BEGIN VARIANT tokenizer.merge_pair index: jumps from one first token to the next
joined, merged, start = pair[0] + pair[1], (), 0
while True:
    try:
        place = tokens.index(pair[0], start)
    except ValueError:
        return merged + tokens[start:]
    merged += tokens[start:place]
    if tokens[place + 1 : place + 2] == pair[1:]:
        merged, start = merged + (joined,), place + 2
    else:
        merged, start = merged + pair[:1], place + 1
# END VARIANT

# BEGIN VARIANT tokenizer.merge_pair states: a list whose last entry may still be joined
merged, open_ = [], False
for token in tokens:
    if open_ and token == pair[1]:
        merged[-1] += token
        open_ = False
    else:
        merged.append(token)
        open_ = token == pair[0]
return tuple(merged)
# END VARIANT

# BEGIN VARIANT tokenizer.best_pair items: counts first, in pairs of two
return max((count, pair) for pair, count in counts.items())[1]
# END VARIANT

# BEGIN VARIANT tokenizer.best_pair filtered: the highest count, then the greatest pair
most = max(counts.values())
return max(pair for pair in counts if counts[pair] == most)
# END VARIANT

# BEGIN VARIANT tokenizer.best_pair sorted_twice: two sorts, the second of them stable
ordered = sorted(counts, reverse=True)
ordered.sort(key=lambda pair: counts[pair], reverse=True)
return ordered[0]
# END VARIANT

# BEGIN VARIANT tokenizer.best_pair reduced: the better of two, again and again
from functools import reduce

def better(one, other):
    if counts[one] != counts[other]:
        return one if counts[one] > counts[other] else other
    return one if one > other else other

return reduce(better, counts)
# END VARIANT

# BEGIN VARIANT tokenizer.best_pair heap: the top of a heap
import heapq

return heapq.nlargest(1, counts.items(), key=lambda item: item[::-1])[0][0]
# END VARIANT

# BEGIN VARIANT tokenizer.best_pair token_by_token: the greatest first token, then the greatest second one
most = sorted(counts.values())[-1]
frequent = [pair for pair, count in counts.items() if count == most]
first = max(one for one, _ in frequent)
return first, max(other for one, other in frequent if one == first)
# END VARIANT

# BEGIN VARIANT tokenizer.learn_merges generator: merges without an end, and islice
from itertools import islice

def merges(words):
    while counts := pair_counts(words):
        pair = best_pair(counts)
        yield pair
        words = {merge_pair(tokens, pair): count for tokens, count in words.items()}

return list(islice(merges(words), num_merges))
# END VARIANT

# BEGIN VARIANT tokenizer.learn_merges lists: a list of words and a list of their counts
known, how_often, merges = list(words.keys()), list(words.values()), []
for _ in range(num_merges):
    counts = {}
    for tokens, count in zip(known, how_often):
        for pair in zip(tokens, tokens[1:]):
            counts[pair] = counts.get(pair, 0) + count
    if not counts:
        break
    merges.append(best_pair(counts))
    known = [merge_pair(tokens, merges[-1]) for tokens in known]
return merges
# END VARIANT

# BEGIN VARIANT tokenizer.learn_merges from_the_start: all merges so far on the words as they were given
merges = []
while len(merges) < num_merges:
    merged = []
    for tokens in words:
        for pair in merges:
            tokens = merge_pair(tokens, pair)
        merged.append(tokens)
    counts = pair_counts(dict(zip(merged, words.values())))
    if not counts:
        break
    merges.append(best_pair(counts))
return merges
# END VARIANT

# BEGIN VARIANT tokenizer.learn_merges copied_and_changed: a copy that is changed, word by word
own, merges = dict(words), []
for _ in range(num_merges):
    counts = pair_counts(own)
    if counts == {}:
        return merges
    pair = max(counts, key=lambda pair: (counts[pair], pair))
    merges.append(pair)
    for tokens in [tokens for tokens in own if pair in zip(tokens, tokens[1:])]:
        own[merge_pair(tokens, pair)] = own.pop(tokens)
return merges
# END VARIANT

# BEGIN VARIANT tokenizer.learn_merges try_except: asks for the best of no pairs, and ends there
merges = []
try:
    for _ in range(num_merges):
        pair = best_pair(pair_counts(words))
        words = dict(zip((merge_pair(tokens, pair) for tokens in words), words.values()))
        merges.append(pair)
except ValueError:
    pass
return merges
# END VARIANT

# BEGIN VARIANT tokenizer.encode_word every_merge_in_order: all merges, whether they occur or not
for pair in sorted(ranks, key=ranks.get):
    tokens = merge_pair(tokens, pair)
return tokens
# END VARIANT

# BEGIN VARIANT tokenizer.encode_word one_place_at_a_time: the leftmost place of the lowest rank
parts = list(tokens)
while len(parts) > 1:
    rank, place = min((ranks.get(pair, len(ranks)), place) for place, pair in enumerate(pairwise(parts)))
    if rank == len(ranks):
        break
    parts[place : place + 2] = [parts[place] + parts[place + 1]]
return tuple(parts)
# END VARIANT

# BEGIN VARIANT tokenizer.encode_word by_number: ranks of the neighbours, and a table the other way round
merges = {rank: pair for pair, rank in ranks.items()}
while found := {ranks[pair] for pair in pairwise(tokens) if pair in ranks}:
    tokens = merge_pair(tokens, merges[min(found)])
return tokens
# END VARIANT

# BEGIN VARIANT tokenizer.encode_word heap: places in a heap, and lists of neighbours
import heapq

parts, after = list(tokens), list(range(1, len(tokens) + 1))
before = list(range(-1, len(tokens) - 1))
heap = []

def look(place):
    if 0 <= place and after[place] < len(parts):
        pair = parts[place], parts[after[place]]
        if pair in ranks:
            heapq.heappush(heap, (ranks[pair], place, pair))

for place in range(len(parts)):
    look(place)
while heap:
    rank, place, pair = heapq.heappop(heap)
    nth = after[place]
    if parts[place] is None or nth >= len(parts) or (parts[place], parts[nth]) != pair:
        continue
    parts[place], parts[nth] = pair[0] + pair[1], None
    after[place] = after[nth]
    if after[nth] < len(parts):
        before[after[nth]] = place
    look(before[place])
    look(place)
return tuple(part for part in parts if part is not None)
# END VARIANT

# BEGIN VARIANT tokenizer.encode_word sorted_set: a set of pairs, sorted by rank
while True:
    known = sorted(set(zip(tokens, tokens[1:])).intersection(ranks), key=lambda pair: ranks[pair])
    if len(known) == 0:
        return tokens
    tokens = merge_pair(tokens, known[0])
# END VARIANT

# BEGIN VARIANT tokenizer.split_special place_by_place: the longest special token at each place
pieces, start, place = [], 0, 0
while place < len(text):
    special = max((s for s in special_tokens if text.startswith(s, place)), key=len, default="")
    if special:
        if start < place:
            pieces.append(text[start:place])
        pieces.append(special)
        start = place + len(special)
    place += len(special) or 1
return pieces + [text[start:]] if start < len(text) else pieces
# END VARIANT

# BEGIN VARIANT tokenizer.split_special find: from the next special token to the next
pieces = []
while text:
    found = [(text.find(special), -len(special), special) for special in special_tokens]
    place, _, special = min((f for f in found if f[0] >= 0), default=(len(text), 0, ""))
    pieces += [text[:place], special]
    text = text[place + len(special) :]
return [piece for piece in pieces if piece]
# END VARIANT

# BEGIN VARIANT tokenizer.split_special search: from match to match, and what is between them
find = re.compile("|".join(sorted(map(re.escape, special_tokens), reverse=True))).search
pieces, end = [], 0
while match := find(text, end):
    pieces += [text[end : match.start()], match[0]]
    end = match.end()
pieces.append(text[end:])
return list(filter(None, pieces))
# END VARIANT

# BEGIN VARIANT tokenizer.split_special replaced: a function that is called for each match
ordered = sorted(special_tokens, key=lambda token: -len(token))
pieces, rest = [], [0]

def note(match):
    pieces.extend((text[rest.pop() : match.start()], match.group()))
    rest.append(match.end())
    return ""

re.sub("|".join(re.escape(token) for token in ordered), note, text)
return [piece for piece in (*pieces, text[rest[0] :]) if len(piece) > 0]
# END VARIANT

# BEGIN VARIANT tokenizer.split_special lazy: one pattern for text and special token
specials = "|".join(re.escape(token) for token in sorted(special_tokens, key=len)[::-1])
pairs = re.findall(rf"(.*?)({specials}|\Z)", text, re.DOTALL)
return [piece for pair in pairs for piece in pair if piece]
# END VARIANT

# BEGIN VARIANT tokenizer.split_special trie: a tree of letters, and the deepest end in it
tree = {}
for token in special_tokens:
    node = tree
    for letter in token:
        node = node.setdefault(letter, {})
    node[""] = token
pieces, plain, place = [], [], 0
while place < len(text):
    node, special, at = tree, "", place
    while at < len(text) and text[at] in node:
        node, at = node[text[at]], at + 1
        special = node.get("", special)
    if special:
        pieces += ["".join(plain), special]
        plain = []
    else:
        plain.append(text[place])
    place += max(1, len(special))
return [piece for piece in [*pieces, "".join(plain)] if piece]
# END VARIANT

# BEGIN VARIANT tokenizer.encode_text one_comprehension: tuples of tokens, in one comprehension
return [
    ids[token]
    for word in pre_tokens(text, special_tokens)
    for token in ((word.encode(),) if word in special_tokens else encode_word(word_bytes(word), ranks))
]
# END VARIANT

# BEGIN VARIANT tokenizer.encode_text remembered: every word is encoded once
table = {special: [ids[special.encode()]] for special in special_tokens}
found = []
for word in pre_tokens(text, special_tokens):
    if word not in table:
        table[word] = [ids[token] for token in encode_word(word_bytes(word), ranks)]
    found.extend(table[word])
return found
# END VARIANT

# BEGIN VARIANT tokenizer.encode_text piece_by_piece: special tokens first, the words between them after
from g2c.tokenizer.splitting import split_special

found = []
for piece in split_special(text, special_tokens):
    if piece in special_tokens:
        found.append(ids[piece.encode("utf-8")])
        continue
    for word in pre_tokens(piece):
        found.extend(map(ids.get, encode_word(word_bytes(word), ranks)))
return found
# END VARIANT

# BEGIN VARIANT tokenizer.encode_text word_ids: the table that the fast tokenizer uses
from g2c.tokenizer.words import WordIds

words = WordIds(ids, sorted(ranks, key=ranks.get), special_tokens)
return sum((words[word] for word in pre_tokens(text, special_tokens)), [])
# END VARIANT

# BEGIN VARIANT tokenizer.encode_text generator: a generator that yields from inside
def tokens():
    for word in pre_tokens(text, special_tokens):
        if any(word == special for special in special_tokens):
            yield word.encode()
        else:
            yield from encode_word(word_bytes(word), ranks)

return [ids[token] for token in tokens()]
# END VARIANT

# BEGIN VARIANT tokenizer.bpe_decode text_of_bytes: str
return str(self.decode_bytes(ids), "utf-8", "replace")
# END VARIANT

# BEGIN VARIANT tokenizer.bpe_decode incremental: token by token, with a decoder that waits
import codecs

decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
pieces = [decoder.decode(self.decode_bytes(ids))]
return "".join(pieces) + decoder.decode(b"", final=True)
# END VARIANT

# BEGIN VARIANT tokenizer.bpe_decode exceptions: what is no UTF-8 is found by its exception
data, pieces = self.decode_bytes(ids), []
while True:
    try:
        return "".join(pieces) + data.decode()
    except UnicodeDecodeError as error:
        pieces += [data[: error.start].decode(), "\N{REPLACEMENT CHARACTER}"]
        data = data[error.end :]
# END VARIANT

# BEGIN VARIANT tokenizer.bpe_decode file: read from a file in memory
import io

data = self.decode_bytes(ids)
with io.TextIOWrapper(io.BytesIO(data), encoding="utf-8", errors="replace", newline="") as file:
    return file.read()
# END VARIANT

# BEGIN VARIANT tokenizer.bpe_decode byte_by_byte: one byte at a time, into a decoder that waits
import codecs

decode = codecs.getincrementaldecoder("utf-8")("replace").decode
text = "".join(decode(bytes([byte])) for byte in self.decode_bytes(ids))
return text + decode(b"", True)
# END VARIANT

# BEGIN VARIANT tokenizer.bpe_decode halves_of_the_vocabulary: the vocabulary's bytes after the check, joined
ids = list(ids)
self.decode_bytes(ids)
data = bytearray()
for id in ids:
    data.extend(self.vocab[int(id)])
return data.decode(errors="replace")
# END VARIANT
