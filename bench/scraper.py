"""Scrapes a /metrics in a process of its own, as Prometheus would: `python -m bench.scraper PORT SECONDS_BETWEEN`.

Prints the seconds that each scrape took, until it is ended; one that failed prints nothing and ends it with a traceback.
"""

import http.client
import sys
import time

HEADERS = {  # as Prometheus 2.42 asks
    "accept": "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5",
    "accept-encoding": "gzip",
}


def main(port: int, every_seconds: float) -> None:
    """Scrape over one kept connection."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    while True:
        began = time.perf_counter()
        connection.request("GET", "/metrics", headers=HEADERS)
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise SystemExit(f"a scrape was answered with {answer.status}")
        took = time.perf_counter() - began
        print(took, flush=True)
        time.sleep(max(0.0, every_seconds - took))


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
