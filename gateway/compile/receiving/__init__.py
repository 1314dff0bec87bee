"""Bodies that are not what their Content-Type says: compressed, in another charset, JSON in a form
or in a text. What is read here is what guards, rules and workflow see.
"""
