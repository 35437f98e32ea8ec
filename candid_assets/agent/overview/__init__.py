"""`candid status`: everything that an operator looks at, on one screen."""
