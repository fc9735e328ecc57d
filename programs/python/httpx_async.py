"""httpx, with an AsyncClient that all callers share."""
import foulweather
import httpx
import orders


async def open(settings):
    seconds = settings.options.get("seconds")
    return httpx.AsyncClient(base_url=settings.url, **({} if seconds is None else {"timeout": seconds}))


async def perform(client, operation):
    method, path, body, headers = orders.request(operation.id)
    response = await client.request(method, path, content=body, headers=headers)
    if response.is_error:
        raise orders.StatusError(response.status_code)
    return orders.answer(operation.id, response.text)


async def close(client):
    await client.aclose()


def classify(error):
    """No connection was made, or none was free; httpx tries once."""
    if isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout)):
        return "no"
    return "unsent" if isinstance(error, httpx.PoolTimeout) else None


foulweather.run(open, perform, close, classify=classify, libraries=["httpx", "httpcore"])
