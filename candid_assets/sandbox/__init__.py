"""The sample workbooks and a local Sheets and Drive API server."""
