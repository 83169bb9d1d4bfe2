"""A fake model server that speaks the OpenAI protocol and answers with the scripted voices.

Started as a process of its own (`python -m tests.fake` from the repository root, or
`tests.fake.process`), or inside a test (`tests.fake.server.FakeServer`).
"""
