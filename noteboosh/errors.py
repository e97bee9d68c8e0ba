"""What can go wrong for a user: what happened, what to do about it, and an exit code."""


class Problem(Exception):
    """A message for the user; the command line prints it to stderr and leaves with `exit_code`."""

    exit_code = 1


class UsageProblem(Problem):
    """The command was not understood: an unknown module, exercise or option."""

    exit_code = 2


class EnvironmentProblem(Problem):
    """The machine lacks something: Python, git, network, disk space, an author's file."""

    exit_code = 3


class Protected(Problem):
    """Nothing was done, because doing it would have touched somebody's work."""

    exit_code = 4
