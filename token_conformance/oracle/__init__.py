"""The oracle: a model of the life of codes and tokens, which says of each answer whether any history allows it.

Pure: exchanges with their times and a profile in, judgements out. `recognition.events` makes events of exchanges,
`oracle.watch` judges them, and `stories.story` tells what led to a judgement; nothing else need be touched from outside.
May import `judging/` and what lies below.
"""
