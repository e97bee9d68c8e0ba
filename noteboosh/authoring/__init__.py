"""From authored `course/` to what students touch. Needs the authors' extra; changes no file.

`question` is what the question cells of a notebook's source call.
"""

from noteboosh.authoring.questions import question

__all__ = ["question"]
