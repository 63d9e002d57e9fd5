"""The oracle: a model of the life of codes and tokens, which says of each answer whether any history allows it.

Pure: exchanges with their times and a profile in, judgements out. `watch` is the door; `stories` tells what led there.
"""
