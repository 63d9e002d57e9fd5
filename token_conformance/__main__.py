"""`token-conformance`, and `python -m token_conformance`."""

from token_conformance.command_line.main import main

if __name__ == "__main__":
    main()
