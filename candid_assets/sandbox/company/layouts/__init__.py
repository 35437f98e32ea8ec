"""What each sample workbook's tabs look like: headers, columns and how they were typed."""
