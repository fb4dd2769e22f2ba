"""Days of publication and change: stated, printed, and the choice among them."""
