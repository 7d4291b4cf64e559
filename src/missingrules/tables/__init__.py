"""Caseloads as tables, CSV or workbook: rows in, and rows out that no spreadsheet runs."""
