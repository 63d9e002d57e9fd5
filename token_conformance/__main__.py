"""`token-conformance`, and `python -m token_conformance`."""

from token_conformance.running.signals import heed_from_the_start


def main() -> None:
    """Give a command; a signal that comes while it starts ends it without a word of Python's."""
    heed_from_the_start()
    from token_conformance.command_line.main import main as command  # imported under our eyes

    command()


if __name__ == "__main__":
    main()
