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
