"""What other systems export, as cases: one child after the other, every row used or named."""
