"""What each sample workbook's tabs look like: headers, columns and the hands that typed them."""
