"""The `gateway` command, also as `python -m gateway`."""

try:
    from gateway.cli import interrupts
except KeyboardInterrupt:
    raise SystemExit(130) from None


def main() -> None:
    """Import what the command needs, and run it."""
    interrupts.begin()
    from gateway.cli.main import main as run

    try:
        run()
    finally:
        interrupts.end()


if __name__ == "__main__":
    main()
