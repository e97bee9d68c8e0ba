"""`python -m g2c.scaling`: see `command.py`."""

from g2c.scaling.command import main
from g2c.tinyllm.command import friendly

with friendly():
    main()
