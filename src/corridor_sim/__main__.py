"""`python -m corridor_sim` is `corridor-sim`."""

from corridor_sim.cli import main

if __name__ == "__main__":
    main()
