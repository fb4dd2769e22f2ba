"""Readers of single fields on pages without a layout of their own."""
