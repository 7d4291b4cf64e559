"""Answers and protocols as HTML that opens from disk: whole without network, server or script."""
