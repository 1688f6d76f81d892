"""What the commands of setup/ share. Standard library only: it runs before the
virtual environment exists."""
