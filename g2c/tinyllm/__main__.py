# Given. Built from course/g2c/tinyllm/__main__.py: there is nothing to write here.
"""`python -m g2c.tinyllm`: see `command.py`."""

from g2c.tinyllm.command import friendly, main

with friendly():
    main()
