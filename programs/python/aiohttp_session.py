"""aiohttp, with a ClientSession that all callers share."""
import aiohttp
import foulweather
import orders


async def open(settings):
    seconds = settings.options.get("seconds")
    more = {} if seconds is None else {"timeout": aiohttp.ClientTimeout(total=seconds)}
    return aiohttp.ClientSession(settings.url, **more)


async def perform(session, operation):
    method, path, body, headers = orders.request(operation.id)
    async with session.request(method, path, data=body, headers=headers) as response:
        if not response.ok:
            raise orders.StatusError(response.status)
        return orders.answer(operation.id, await response.text())


async def close(session):
    await session.close()


# What an error says is only about the last attempt: aiohttp may have tried before.
foulweather.run(open, perform, close, libraries=["aiohttp"])
