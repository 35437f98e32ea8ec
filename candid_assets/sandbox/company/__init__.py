"""The sample company: seven workbooks as Indonesian office hands would keep them."""
