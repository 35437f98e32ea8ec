"""The contract of a small workbook in staging, which many tests refresh."""

WORKBOOK_CONTRACT = """apiVersion: v3.2.0
kind: DataContract
id: {name}
name: {title}
version: 1.0.0
status: active
domain: sales
description: {{purpose: A shop.}}
team: {{name: shop}}
servers:
  - {{server: staging, environment: staging, type: custom, location: {title}}}
"""
"""With `{name}` and `{title}`; the title is the id of the spreadsheet, too."""

RECEIPTS_TAB = """\
name: {name}
physicalName: "{title}"
description: Sales of a shop.
dataGranularityDescription: One row per receipt.
properties:
  - name: receipt_id
    physicalName: "No Nota"
    logicalType: string
    primaryKey: true
    required: true
    description: Receipt number.
"""
