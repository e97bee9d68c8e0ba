# Given. Built from course/g2c/scaling/__main__.py: there is nothing to write here.
"""`python -m g2c.scaling`: see `command.py`."""

from g2c.scaling.command import main
from g2c.tinyllm.command import friendly

with friendly():
    main()
