"""OpenAI's calls beside chat and embeddings: pictures, speech, transcripts, moderation, ranking, plain completions.

Their bodies pass between a client and a provider that both speak this wire: only the name of the model is edited, in
JSON (:mod:`.json_body`) or in a form (:mod:`.form_body`), and only what accounting needs is read of the answers.
Ranking is not OpenAI's; it has the shape that Cohere and Jina gave it. https://platform.openai.com/docs/api-reference
"""
