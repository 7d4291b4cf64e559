"""pydantic models of case and result at the border; the published JSON Schemas come from here."""
