"""redis-py, with the pool that it makes by itself."""
from urllib.parse import urlsplit

import foulweather
import redis
from orders import number
from redis.backoff import NoBackoff
from redis.retry import Retry

_LISTS = ("alone", "transaction", "pipeline", "read-back")
_KEPT_SECONDS = 600


def open(settings):
    options = settings.options
    more = {}
    if "seconds" in options:
        more["socket_timeout"] = options["seconds"]
        more["socket_connect_timeout"] = options["connectSeconds"]
        more["retry"] = Retry(NoBackoff(), options["retries"])
    # A database and a name for the connection, as applications have them.
    client = redis.Redis.from_url(_with_database(settings.url), client_name="orders", decode_responses=True, **more)
    client.ping()
    return client


def _with_database(url):
    parts = urlsplit(url)
    return url if parts.path.strip("/") else parts._replace(path="/1").geturl()


class AfterTheWrite(Exception):
    """The write succeeded, but a later step failed."""


def perform(client, operation):
    key = _LISTS[number(operation.id) % len(_LISTS)]
    trial = operation.id.rpartition("-")[0]
    name = f"{trial}:{key}"
    copy = f"op:{operation.id}"
    if key == "alone":
        return foulweather.Answer(key=key, empty=not client.rpush(name, operation.id) > 0)
    if key in ("transaction", "pipeline"):
        with client.pipeline(transaction=key == "transaction") as commands:
            commands.rpush(name, operation.id)
            commands.set(copy, operation.id, ex=_KEPT_SECONDS)
            commands.get(copy)
            *_, echoed_id = commands.execute()
        return foulweather.Answer(key=key, echoed_id=echoed_id)
    length = client.rpush(name, operation.id)
    try:
        return foulweather.Answer(key=key, echoed_id=client.lindex(name, length - 1))
    except redis.RedisError as error:
        raise AfterTheWrite(str(error)) from error


def close(client):
    client.close()


foulweather.run(open, perform, close, libraries=["redis"])
