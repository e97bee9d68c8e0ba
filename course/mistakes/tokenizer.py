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
