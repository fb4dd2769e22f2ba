"""`python -m newscrawl …`: the command `newscrawl`."""

from newscrawl.cli import main

if __name__ == "__main__":
    main()
