# Mistakes that an honest beginner makes in `course/g2c/tokenizer/`: each block is a body for one exercise,
# and its sentence is what a student is told about it. `./noteboosh.sh selftest mistakes` proves
# that a test catches each of them.

# BEGIN MISTAKE tokenizer.encode separator_spelled_out: this goes through the text character by character and spells the separator out
return [self.ids[character] for character in text]
# END MISTAKE

# BEGIN MISTAKE tokenizer.encode separator_lost: this cuts the text at the separators and throws them away
return [self.ids[character] for character in text.replace(END_OF_TEXT, "")]
# END MISTAKE

# BEGIN MISTAKE tokenizer.encode separator_at_the_end: this ends every text with a separator, also where none stands
ids = []
for document in text.split(END_OF_TEXT):
    ids += [self.ids[character] for character in document] + [self.eos_id]
return ids
# END MISTAKE

# BEGIN MISTAKE tokenizer.encode unicode_numbers: this uses Unicode's numbers and not the places in the alphabet
return [ord(character) for character in text]
# END MISTAKE

# BEGIN MISTAKE tokenizer.decode with_blanks: this puts a blank between the characters
return " ".join(self.tokens[id] for id in ids)
# END MISTAKE

# BEGIN MISTAKE tokenizer.decode separator_dropped: this leaves the separators out, so the text does not come back
return "".join(self.tokens[id] for id in ids if id != self.eos_id)
# END MISTAKE

# BEGIN MISTAKE tokenizer.decode code_points: this reads the ids as code points, but they are places in this tokenizer's own alphabet
return "".join(chr(id) for id in ids)
# END MISTAKE

# BEGIN MISTAKE tokenizer.decode ids_as_text: this writes the numbers themselves, and not what they stand for
return "".join(str(id) for id in ids)
# END MISTAKE

# ---- pair_counts ----

# BEGIN MISTAKE tokenizer.pair_counts words_count_once: this counts every word once, however often the text holds it
counts = {}
for tokens in words:
    for pair in zip(tokens, tokens[1:]):
        counts[pair] = counts.get(pair, 0) + 1
return counts
# END MISTAKE

# BEGIN MISTAKE tokenizer.pair_counts once_a_word: this counts a pair once for each word that holds it, also where it stands there several times
counts = {}
for tokens, count in words.items():
    for pair in set(zip(tokens, tokens[1:])):
        counts[pair] = counts.get(pair, 0) + count
return counts
# END MISTAKE

# BEGIN MISTAKE tokenizer.pair_counts last_word_wins: this writes a pair's count over the one from an earlier word, where it should add to it
counts = {}
for tokens, count in words.items():
    for pair in zip(tokens, tokens[1:]):
        counts[pair] = count
return counts
# END MISTAKE

# BEGIN MISTAKE tokenizer.pair_counts without_overlap: this steps two tokens at a time, so it sees only every other pair of neighbours
counts = {}
for tokens, count in words.items():
    for place in range(0, len(tokens) - 1, 2):
        pair = tokens[place], tokens[place + 1]
        counts[pair] = counts.get(pair, 0) + count
return counts
# END MISTAKE

# BEGIN MISTAKE tokenizer.pair_counts joined_tokens: this uses the joined bytes as the key: (a, bc) and (ab, c) are two pairs, and joined they look the same
counts = {}
for tokens, count in words.items():
    for first, second in zip(tokens, tokens[1:]):
        counts[first + second] = counts.get(first + second, 0) + count
return counts
# END MISTAKE

# BEGIN MISTAKE tokenizer.pair_counts across_words: this strings the words together, so it finds pairs that reach from one word into the next
counts, before = {}, None
for tokens, count in words.items():
    for token in tokens:
        if before is not None:
            counts[before, token] = counts.get((before, token), 0) + count
        before = token
return counts
# END MISTAKE

# ---- merge_pair ----

# BEGIN MISTAKE tokenizer.merge_pair first_only: this merges the first occurrence and leaves the others
for place in range(len(tokens) - 1):
    if tokens[place : place + 2] == pair:
        return tokens[:place] + (pair[0] + pair[1],) + tokens[place + 2 :]
return tokens
# END MISTAKE

# BEGIN MISTAKE tokenizer.merge_pair overlapping: this goes on by one place after a merge, so it uses a token twice and the word gets longer
merged, place = [], 0
while place < len(tokens):
    if tokens[place : place + 2] == pair:
        merged.append(pair[0] + pair[1])
    else:
        merged.append(tokens[place])
    place += 1
return tuple(merged)
# END MISTAKE

# BEGIN MISTAKE tokenizer.merge_pair from_the_right: this merges from right to left: of three equal tokens the last two become one, and not the first two
merged, place = [], len(tokens)
while place > 0:
    if tokens[max(0, place - 2) : place] == pair:
        merged.insert(0, pair[0] + pair[1])
        place -= 2
    else:
        merged.insert(0, tokens[place - 1])
        place -= 1
return tuple(merged)
# END MISTAKE

# BEGIN MISTAKE tokenizer.merge_pair joined_bytes_match: this asks whether two neighbours joined give the right bytes: (a, bc) does, too, and is not the pair (ab, c)
merged, place = [], 0
while place < len(tokens):
    if b"".join(tokens[place : place + 2]) == pair[0] + pair[1] and place + 1 < len(tokens):
        merged.append(pair[0] + pair[1])
        place += 2
    else:
        merged.append(tokens[place])
        place += 1
return tuple(merged)
# END MISTAKE

# BEGIN MISTAKE tokenizer.merge_pair last_token_lost: this stops one token before the end, so a last token that is not merged is lost
merged, place = [], 0
while place < len(tokens) - 1:
    if tokens[place : place + 2] == pair:
        merged.append(pair[0] + pair[1])
        place += 2
    else:
        merged.append(tokens[place])
        place += 1
return tuple(merged)
# END MISTAKE

# BEGIN MISTAKE tokenizer.merge_pair until_nothing_left: this merges as often as it can, so what was merged is merged again with what stands beside it
joined = pair[0] + pair[1]
merged = list(tokens)
place = 0
while place < len(merged) - 1:
    if merged[place + 1] == pair[1] and merged[place].endswith(pair[0]):
        merged[place : place + 2] = [merged[place] + merged[place + 1]]
    else:
        place += 1
return tuple(merged)
# END MISTAKE

# ---- best_pair ----

# BEGIN MISTAKE tokenizer.best_pair first_seen: this takes the first of several pairs with the highest count; the greatest is asked for, so that the order of counting does not matter
return max(counts, key=counts.get)
# END MISTAKE

# BEGIN MISTAKE tokenizer.best_pair smallest_of_equals: this takes the lexicographically smallest of several pairs with the highest count, and the greatest is asked for
most = max(counts.values())
return min(pair for pair, count in counts.items() if count == most)
# END MISTAKE

# BEGIN MISTAKE tokenizer.best_pair greatest_of_all: this compares the pairs and forgets to look at their counts
return max(counts)
# END MISTAKE

# BEGIN MISTAKE tokenizer.best_pair joined_to_compare: this compares the joined bytes of equally frequent pairs; a pair is compared by its first token, then by its second
return max(counts, key=lambda pair: (counts[pair], pair[0] + pair[1]))
# END MISTAKE

# BEGIN MISTAKE tokenizer.best_pair longest_of_equals: this takes the longest of several pairs with the highest count, and the lexicographically greatest is asked for
return max(counts, key=lambda pair: (counts[pair], len(pair[0] + pair[1]), pair))
# END MISTAKE

# BEGIN MISTAKE tokenizer.best_pair rarest: this takes the pair that occurs least often
return min(counts, key=lambda pair: (counts[pair], pair))
# END MISTAKE

# ---- learn_merges ----

# BEGIN MISTAKE tokenizer.learn_merges counted_once: this counts once and takes the pairs from the top: after the first merge the counts are no longer true, and no token can become part of another
counts = pair_counts(words)
return sorted(counts, key=lambda pair: (counts[pair], pair), reverse=True)[:num_merges]
# END MISTAKE

# BEGIN MISTAKE tokenizer.learn_merges no_end: this does not stop where no pair is left, and the best of no pairs does not exist
merges = []
for _ in range(num_merges):
    pair = best_pair(pair_counts(words))
    words = {merge_pair(tokens, pair): count for tokens, count in words.items()}
    merges.append(pair)
return merges
# END MISTAKE

# BEGIN MISTAKE tokenizer.learn_merges rare_pairs_left: this stops once the best pair occurs only once; such pairs are merged, too, as long as there is room
merges = []
while len(merges) < num_merges and (counts := pair_counts(words)):
    pair = best_pair(counts)
    if counts[pair] < 2:
        break
    words = {merge_pair(tokens, pair): count for tokens, count in words.items()}
    merges.append(pair)
return merges
# END MISTAKE

# BEGIN MISTAKE tokenizer.learn_merges one_too_many: this makes one merge more than was asked for
merges = []
while len(merges) <= num_merges and (counts := pair_counts(words)):
    pair = best_pair(counts)
    words = {merge_pair(tokens, pair): count for tokens, count in words.items()}
    merges.append(pair)
return merges
# END MISTAKE

# BEGIN MISTAKE tokenizer.learn_merges words_changed: this changes the words that were given: whoever trains twice trains on something else the second time
merges = []
while len(merges) < num_merges and (counts := pair_counts(words)):
    pair = best_pair(counts)
    merged = {merge_pair(tokens, pair): count for tokens, count in words.items()}
    words.clear()
    words.update(merged)
    merges.append(pair)
return merges
# END MISTAKE

# BEGIN MISTAKE tokenizer.learn_merges joined_tokens: this returns the new tokens; what is asked for are the pairs that make them, which say how
merges = []
while len(merges) < num_merges and (counts := pair_counts(words)):
    pair = best_pair(counts)
    words = {merge_pair(tokens, pair): count for tokens, count in words.items()}
    merges.append(pair[0] + pair[1])
return merges
# END MISTAKE

# ---- encode_word ----

# BEGIN MISTAKE tokenizer.encode_word longest_token_first: this takes the longest known token from the left, again and again: that is another method, and cuts some words in another way than training did
known = {first + second for first, second in ranks} | set(BYTES)
found, place = [], 0
while place < len(word):
    end = max(end for end in range(place + 1, len(word) + 1) if word[place:end] in known)
    found.append(word[place:end])
    place = end
return tuple(found)
# END MISTAKE

# BEGIN MISTAKE tokenizer.encode_word first_pair_found: this merges the leftmost pair that it knows; the one that was learned first has to go first
while True:
    known = [pair for pair in zip(tokens, tokens[1:]) if pair in ranks]
    if not known:
        return tokens
    tokens = merge_pair(tokens, known[0])
# END MISTAKE

# BEGIN MISTAKE tokenizer.encode_word latest_first: this makes the merge that was learned last first: ranks count from 0, and the lowest comes first
while known := [pair for pair in zip(tokens, tokens[1:]) if pair in ranks]:
    tokens = merge_pair(tokens, max(known, key=ranks.get))
return tokens
# END MISTAKE

# BEGIN MISTAKE tokenizer.encode_word one_merge: this makes one merge and stops, but the new token may be part of another merge
known = [pair for pair in zip(tokens, tokens[1:]) if pair in ranks]
if known:
    tokens = merge_pair(tokens, min(known, key=ranks.get))
return tokens
# END MISTAKE

# BEGIN MISTAKE tokenizer.encode_word bytes_only: this leaves the word in single bytes: no merge is made
return tokens
# END MISTAKE

# BEGIN MISTAKE tokenizer.encode_word unknown_pairs_too: this merges pairs that were never learned, so every word becomes one token, whether there is one or not
while len(tokens) > 1:
    pair = min(zip(tokens, tokens[1:]), key=lambda pair: ranks.get(pair, len(ranks)))
    tokens = merge_pair(tokens, pair)
return tokens
# END MISTAKE

# ---- split_special ----

# BEGIN MISTAKE tokenizer.split_special as_given: this tries the special tokens in the order in which they are given, so a short one may win over a longer one that begins with it
any_special = "|".join(map(re.escape, special_tokens))
return [piece for piece in re.split(f"({any_special})", text) if piece]
# END MISTAKE

# BEGIN MISTAKE tokenizer.split_special not_escaped: this takes a special token for a pattern: the bar in <|endoftext|> then means "or"
longest_first = sorted(special_tokens, key=len, reverse=True)
any_special = "|".join(longest_first)
return [piece for piece in re.split(f"({any_special})", text) if piece]
# END MISTAKE

# BEGIN MISTAKE tokenizer.split_special specials_lost: this cuts at the special tokens and throws them away; a group in the pattern, ( ), keeps them
longest_first = sorted(special_tokens, key=len, reverse=True)
any_special = "|".join(map(re.escape, longest_first))
return [piece for piece in re.split(any_special, text) if piece]
# END MISTAKE

# BEGIN MISTAKE tokenizer.split_special empty_pieces: this keeps the empty pieces between two special tokens and at the ends
longest_first = sorted(special_tokens, key=len, reverse=True)
any_special = "|".join(map(re.escape, longest_first))
return re.split(f"({any_special})", text)
# END MISTAKE

# BEGIN MISTAKE tokenizer.split_special first_one_only: this looks for the first of the special tokens and knows no other
pieces = []
for number, piece in enumerate(text.split(special_tokens[0])):
    if number:
        pieces.append(special_tokens[0])
    if piece:
        pieces.append(piece)
return pieces
# END MISTAKE

# BEGIN MISTAKE tokenizer.split_special blanks_stripped: this strips the blanks around the pieces: they are text, and decoding has to bring them back
longest_first = sorted(special_tokens, key=len, reverse=True)
any_special = "|".join(map(re.escape, longest_first))
return [piece.strip() for piece in re.split(f"({any_special})", text) if piece.strip()]
# END MISTAKE

# ---- encode_text ----

# BEGIN MISTAKE tokenizer.encode_text one_long_word: this merges the whole text as one word, so tokens reach across words and blanks, where training never let them
from g2c.tokenizer.splitting import split_special

found = []
for piece in split_special(text, special_tokens):
    whole = piece in special_tokens
    tokens = [piece.encode()] if whole else encode_word(word_bytes(piece), ranks)
    found += [ids[token] for token in tokens]
return found
# END MISTAKE

# BEGIN MISTAKE tokenizer.encode_text specials_as_text: this cuts special tokens into words like any other text, so they are many ids and not one
found = []
for word in pre_tokens(text):
    found += [ids[token] for token in encode_word(word_bytes(word), ranks)]
return found
# END MISTAKE

# BEGIN MISTAKE tokenizer.encode_text specials_merged_as_words: this leaves a special token in one piece, and then merges its bytes like those of a word
found = []
for word in pre_tokens(text, special_tokens):
    found += [ids[token] for token in encode_word(word_bytes(word), ranks)]
return found
# END MISTAKE

# BEGIN MISTAKE tokenizer.encode_text specials_left_out: this passes over special tokens, so nothing marks where a document ends
found = []
for word in pre_tokens(text, special_tokens):
    if word not in special_tokens:
        found += [ids[token] for token in encode_word(word_bytes(word), ranks)]
return found
# END MISTAKE

# BEGIN MISTAKE tokenizer.encode_text blanks_lost: this cuts the text at its blanks and loses them; a word keeps the blank before it
found = []
for word in text.split():
    whole = word in special_tokens
    tokens = [word.encode()] if whole else encode_word(word_bytes(word), ranks)
    found += [ids[token] for token in tokens]
return found
# END MISTAKE

# BEGIN MISTAKE tokenizer.encode_text ranks_for_ids: this returns the places of the merges; ids begin with the bytes and the special tokens, so each merge's id is larger than its rank
places = {first + second: rank for (first, second), rank in ranks.items()}
found = []
for word in pre_tokens(text, special_tokens):
    whole = word in special_tokens
    tokens = [word.encode()] if whole else encode_word(word_bytes(word), ranks)
    found += [places.get(token, ids[token]) for token in tokens]
return found
# END MISTAKE

# ---- bpe_decode ----

# BEGIN MISTAKE tokenizer.bpe_decode token_by_token: this decodes every token by itself, but a character may be spread over several tokens: join the bytes first
return "".join(self.decode_bytes([id]).decode("utf-8", errors="replace") for id in ids)
# END MISTAKE

# BEGIN MISTAKE tokenizer.bpe_decode strict: this refuses bytes that are no UTF-8; a model may write any ids, so they become U+FFFD
return self.decode_bytes(ids).decode("utf-8")
# END MISTAKE

# BEGIN MISTAKE tokenizer.bpe_decode bad_bytes_left_out: this leaves out what is no UTF-8: what cannot be read should be seen, as U+FFFD
return self.decode_bytes(ids).decode("utf-8", errors="ignore")
# END MISTAKE

# BEGIN MISTAKE tokenizer.bpe_decode latin_1: this makes one character of every byte; the bytes are UTF-8, in which a character takes one to four of them
return self.decode_bytes(ids).decode("latin-1")
# END MISTAKE

# BEGIN MISTAKE tokenizer.bpe_decode with_blanks: this puts a blank between the tokens; the blanks are in the tokens already
return b" ".join(self.decode_bytes([id]) for id in ids).decode("utf-8", errors="replace")
# END MISTAKE

# BEGIN MISTAKE tokenizer.bpe_decode escapes: this shows bytes that are no UTF-8 as backslashes and numbers; asked for is U+FFFD
return self.decode_bytes(ids).decode("utf-8", errors="backslashreplace")
# END MISTAKE

# ---- the given functions: what a faster version must not lose ----

# BEGIN MISTAKE tokenizer.count_words without_pre_tokens: whole texts are counted as words, so merges are learned across blanks, and a token may hold half a sentence
def count_words(source, special_tokens):
    counts = Counter()
    for text in source if not isinstance(source, (str, os.PathLike)) else [open(source).read()]:
        check_text(text)
        counts.update(split_special(text, special_tokens))
    return {word.encode(): n for word, n in counts.items() if word not in special_tokens}
# END MISTAKE

# BEGIN MISTAKE tokenizer.count_words specials_counted: the special tokens are counted as words, so merges are learned from their letters
def count_words(source, special_tokens):
    counts = Counter()
    for found in _read(source, special_tokens):
        counts.update(found)
    return {word_bytes(word): count for word, count in counts.items()}
# END MISTAKE

# BEGIN MISTAKE tokenizer.stream_pre_tokens chunk_by_chunk: every chunk is cut by itself, so a word or a special token that straddles two chunks falls apart
def stream_pre_tokens(chunks, special_tokens):
    for chunk in chunks:
        check_text(chunk)
        yield pre_tokens(chunk, special_tokens)
# END MISTAKE

# BEGIN MISTAKE tokenizer.stream_pre_tokens read_to_the_end: all chunks are joined before the first is cut, so the memory grows with the text
def stream_pre_tokens(chunks, special_tokens):
    chunks = list(chunks)
    for chunk in chunks:
        check_text(chunk)
    yield pre_tokens("".join(chunks), special_tokens)
# END MISTAKE

# BEGIN MISTAKE tokenizer.stream_pre_tokens last_word_held_back: only the last word of a chunk waits for the next chunk, but a line break or the start of a special token may reach further back
def stream_pre_tokens(chunks, special_tokens):
    held = ""
    for chunk in chunks:
        check_text(chunk)
        found = pre_tokens(held + chunk, special_tokens)
        held = found.pop() if found else ""
        yield found
    yield pre_tokens(held, special_tokens)
# END MISTAKE

# BEGIN MISTAKE tokenizer.vocabulary specials_first: the special tokens take the first ids, so a byte's id is no longer its value
def vocabulary(merges, special_tokens):
    specials = [token.encode() for token in special_tokens]
    return dict(enumerate([*specials, *BYTES, *(first + second for first, second in merges)]))
# END MISTAKE

# BEGIN MISTAKE tokenizer.vocabulary specials_last: the special tokens take the last ids, so they move whenever the vocabulary grows
def vocabulary(merges, special_tokens):
    specials = [token.encode() for token in special_tokens]
    return dict(enumerate([*BYTES, *(first + second for first, second in merges), *specials]))
# END MISTAKE
