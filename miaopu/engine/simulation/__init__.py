"""What rules would cost and whom they would reach, before they are published."""
