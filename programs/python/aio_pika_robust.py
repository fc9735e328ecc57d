"""aio-pika, with a robust connection, which opens itself again: publishing, consuming and requests."""
import asyncio
import json

import aio_pika
import foulweather
from orders import number

_KINDS = ("publish", "batch", "consume", "request")
_BATCH = 3
_ORDER = "x" * 40


def _text(message_id):
    return json.dumps({"id": message_id, "order": _ORDER}, separators=(",", ":"))


class NoArrival(Exception):
    """What an operation waits for will not come any more."""


class Application:
    def __init__(self, settings):
        self._settings = settings
        self._seconds = settings.options.get("seconds")
        self._deliveries = {}
        self._replies = {}

    async def open(self):
        options = self._settings.options
        url, more = self._settings.url, {}
        if options:
            url = f"{url}?heartbeat={options['heartbeatSeconds']}"
            more = {"timeout": options["connectSeconds"], "reconnect_interval": options["reconnectSeconds"]}
        self._connection = await aio_pika.connect_robust(url, **more)
        channel = await self._connection.channel()
        if options:
            await channel.set_qos(prefetch_count=options["prefetch"])
        self._exchange = await channel.get_exchange("foulweather-orders")
        work = await channel.get_queue("foulweather-work")
        await work.consume(self._delivered)
        # It goes with its connection, and so do the replies that are on their way.
        self._reply_queue = await channel.declare_queue(exclusive=True, auto_delete=True)
        await self._reply_queue.consume(self._replied, no_ack=True)
        self._connection.reconnect_callbacks.add(lambda *_: self._lose_replies())

    async def _delivered(self, message):
        arrival = json.loads(message.body)["id"]
        self._settings.delivered(arrival)
        await message.ack()
        _resolve(self._deliveries, arrival, message.body.decode())

    async def _replied(self, message):
        _resolve(self._replies, json.loads(message.body)["id"], message.body.decode())

    def _lose_replies(self):
        for waiting in self._replies.values():
            if not waiting.done():
                waiting.set_exception(NoArrival("the connection was closed before the reply came"))

    async def _publish(self, message_id, key="work"):
        more = {}
        if key == "request":
            more = {"reply_to": self._reply_queue.name, "correlation_id": message_id}
        message = aio_pika.Message(
            _text(message_id).encode(),
            delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
            message_id=message_id,
            **more,
        )
        await self._exchange.publish(message, routing_key=key)

    async def _and_wait(self, waiting, operation_id, key):
        arrival = waiting[operation_id] = asyncio.get_running_loop().create_future()
        try:
            await self._publish(operation_id, key)
            text = await arrival
        finally:
            waiting.pop(operation_id, None)
            arrival.cancel()
        return foulweather.Answer(
            echoed_id=json.loads(text)["id"], intact=text == _text(operation_id)
        )

    async def _do(self, operation_id):
        kind = _KINDS[number(operation_id) % len(_KINDS)]
        if kind == "publish":
            await self._publish(operation_id)
        elif kind == "batch":
            names = [f"{operation_id}.{before + 1}of{_BATCH}" for before in range(_BATCH)]
            await asyncio.gather(*(self._publish(name) for name in names))
        elif kind == "consume":
            return await self._and_wait(self._deliveries, operation_id, "work")
        else:
            return await self._and_wait(self._replies, operation_id, "request")
        return None

    async def perform(self, operation_id):
        return await asyncio.wait_for(self._do(operation_id), self._seconds)

    async def close(self):
        await self._connection.close()


def _resolve(waiting, message_id, text):
    """A message that nobody waits for any more, such as one that is delivered twice, changes nothing."""
    arrival = waiting.get(message_id)
    if arrival is not None and not arrival.done():
        arrival.set_result(text)


async def open(settings):
    application = Application(settings)
    await application.open()
    return application


async def perform(application, operation):
    return await application.perform(operation.id)


async def close(application):
    await application.close()


foulweather.run(open, perform, close, libraries=["aio-pika", "aiormq"])
