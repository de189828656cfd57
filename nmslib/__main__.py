"""The command ``nms``, also as ``python -m nmslib``."""

from nmslib.commands import main

if __name__ == "__main__":
    main(prog_name="nms")
