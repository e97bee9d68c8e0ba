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
