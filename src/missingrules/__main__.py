"""`python -m missingrules`, for where the command itself is not on the path."""

from missingrules.cli import main

if __name__ == "__main__":
    main()
