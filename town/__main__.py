"""`python -m town`: the commands behind run.py.

Almost empty on purpose: a process that is started for a service reads this file again.
"""

import sys

if __name__ == "__main__":
    from town.signals import end_quietly_while_starting

    end_quietly_while_starting()
    from town.commands import main

    sys.exit(main(sys.argv[1:]))
