"""requests, with a Session that all callers share."""
import foulweather
import orders
import requests


def open(settings):
    return requests.Session(), settings.url, settings.options.get("seconds")


def perform(client, operation):
    session, url, seconds = client
    method, path, body, headers = orders.request(operation.id)
    response = session.request(method, url + path, data=body, headers=headers, timeout=seconds)
    if not response.ok:
        raise orders.StatusError(response.status_code)
    return orders.answer(operation.id, response.text)


def close(client):
    client[0].close()


def classify(error):
    """A connection that was never made carried nothing; requests tries once."""
    if isinstance(error, requests.ConnectTimeout):
        return "no"
    while error is not None:
        if isinstance(error, ConnectionRefusedError):
            return "no"
        error = error.__cause__ or error.__context__
    return None


foulweather.run(open, perform, close, classify=classify, libraries=["requests", "urllib3"])
