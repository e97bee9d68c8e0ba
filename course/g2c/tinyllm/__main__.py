"""`python -m g2c.tinyllm`: see `command.py`."""

from g2c.tinyllm.command import friendly, main

with friendly():
    main()
