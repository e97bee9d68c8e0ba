# Given. Built from course/g2c/__init__.py: there is nothing to write here.
"""g2c, from gradients to a chat model: a language model made from its parts, one topic a package.

Import the topic you need (`from g2c.nn import Linear`); this file imports none, so it is quick.
"""

__version__ = "0.1.0"
