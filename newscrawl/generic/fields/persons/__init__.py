"""Authors: stated, printed, and the lines that name them."""
