"""What production may run: content, records, signatures, and the check before every change."""
