"""The gateway: a request comes in, is forwarded as bytes, and a sample of what passed goes to the queue.

The journey, one module a step: ``app`` → ``auth`` → ``routing`` → ``forward`` ⇄ ``upstream``, beside it
``sampling`` → ``capture`` → ``redact`` → ``queue``. Nothing here waits for, or knows of, what is behind the queue.
"""
