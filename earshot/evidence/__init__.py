"""Evidence: the one place that talks to Allure.

What a scenario observed becomes players, diagrams and logs on its page of the report; `formatter` makes sure
that the page exists and that its verdict is true.
"""
