"""The tests of the project.

They are a package, since a library that the features use installs a package of the same name.
"""
