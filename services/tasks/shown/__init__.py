"""Items and tasks as people and programs read them: with names, words, articles and how their dates stand."""
