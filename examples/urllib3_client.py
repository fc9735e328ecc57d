"""urllib3 as foulweather drives it: see urllib3.ts."""
import foulweather
import urllib3


def open(settings):
    options = settings.options
    pool = urllib3.PoolManager(
        maxsize=settings.max_in_flight, timeout=options.get("timeout"), retries=options.get("retries")
    )
    return pool, settings.url


def perform(client, operation):
    pool, url = client
    response = pool.request("GET", f"{url}/echo/{operation.id}")
    return foulweather.Answer(echoed_id=response.json()["id"])


def close(client):
    client[0].clear()


foulweather.run(open, perform, close, libraries=["urllib3"])
