"""The sample company: seven workbooks as an Indonesian office would keep them."""
