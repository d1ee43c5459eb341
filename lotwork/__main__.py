"""The command `lotwork`, which `python -m lotwork` is too.

In its first moments it is loaded. Ctrl-C ends it then as it does later: it says that it stopped, and leaves no trace.
"""


def main() -> None:
    """Load the command, and run it."""
    try:
        from lotwork.cli import main as run  # noqa: PLC0415 - what is loaded before can be interrupted

        run()
    except KeyboardInterrupt:
        import signal  # noqa: PLC0415 - only who is interrupted needs it

        signal.signal(signal.SIGINT, signal.SIG_IGN)  # once is enough
        from lotwork.cli import stop  # noqa: PLC0415 - what was not loaded yet is loaded now

        stop()


if __name__ == "__main__":
    main()
