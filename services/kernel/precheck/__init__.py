"""What a machine notices in a draft before people review it: findings with clause, sentence, rule and article.

It helps and never decides: no gate reads a finding, and a person's yes or no on each is kept.
"""
