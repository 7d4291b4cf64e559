"""Files that other programs open: tables as CSV and workbooks, Markdown, calendars. Nothing here knows an answer."""
