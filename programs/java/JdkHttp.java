import dev.foulweather.Foulweather;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** java.net.http, with an HttpClient that all callers share: what a user does with the service of orders. */
public final class JdkHttp implements Foulweather.Program<HttpClient> {
  private static final int LINES = 40;
  private static final String NOTE = "one of these, please".repeat(20);
  private static final Pattern ID = Pattern.compile("\"id\":\\s*\"([^\"]*)\"");
  private static final Pattern LINE = Pattern.compile("\"sku\":");

  private String url;
  /** Milliseconds; null for none. */
  private Long limit;

  /** For clients that leave the meaning of a status to their user. */
  static final class StatusException extends Exception {
    private static final long serialVersionUID = 1;

    StatusException(int status) {
      super("the server answered with the status " + status);
    }
  }

  @Override
  public HttpClient open(Foulweather.Settings settings) {
    url = settings.url();
    limit = settings.options().get("limitMs") instanceof Double given ? given.longValue() : null;
    return HttpClient.newHttpClient();
  }

  private static String kind(String id) {
    return Turn.of(id, "read", "place", "list", "put");
  }

  private HttpRequest request(Foulweather.Operation operation) {
    String id = operation.id();
    String body = "{\"id\":\"%s\",\"customer\":\"c-1\",\"note\":\"%s\"}".formatted(id, NOTE);
    HttpRequest.Builder request = HttpRequest.newBuilder().header("traceparent", operation.traceparent());
    if (limit != null) request.timeout(Duration.ofMillis(limit));
    switch (kind(id)) {
      case "read" -> request.uri(URI.create(url + "/documents/" + id));
      case "list" -> request.uri(URI.create(url + "/listings/" + id));
      case "put" -> request.uri(URI.create(url + "/documents/" + id)).PUT(BodyPublishers.ofString(body));
      default -> request.uri(URI.create(url + "/orders/" + id)).POST(BodyPublishers.ofString(body));
    }
    if (kind(id).equals("put") || kind(id).equals("place")) request.header("content-type", "application/json");
    return request.build();
  }

  @Override
  public Foulweather.Answer perform(HttpClient client, Foulweather.Operation operation) throws Exception {
    HttpRequest request = request(operation);
    HttpResponse<String> response =
        limit == null ? client.send(request, BodyHandlers.ofString()) : within(client, request);
    if (response.statusCode() < 200 || response.statusCode() > 299) throw new StatusException(response.statusCode());
    return answer(kind(operation.id()), response.body());
  }

  /** The request's own time limit does not bound the body. */
  private HttpResponse<String> within(HttpClient client, HttpRequest request) throws Exception {
    CompletableFuture<HttpResponse<String>> response = client.sendAsync(request, BodyHandlers.ofString());
    try {
      return response.get(limit, TimeUnit.MILLISECONDS);
    } catch (TimeoutException error) {
      response.cancel(true);
      throw error;
    } catch (ExecutionException error) {
      if (error.getCause() instanceof Exception cause) throw cause;
      throw error;
    }
  }

  private static Foulweather.Answer answer(String kind, String text) {
    if (kind.equals("list")) {
      String[] rows = text.stripTrailing().split("\n");
      String last = rows[rows.length - 1];
      boolean intact = last.contains("\"isLast\":true") && rows.length == LINES + 1;
      return new Foulweather.Answer(id(last), intact, null, "list", null);
    }
    if (kind.equals("read")) {
      boolean intact = LINE.matcher(text).results().count() == LINES && text.stripTrailing().endsWith("]}");
      return new Foulweather.Answer(id(text), intact, null, "read", null);
    }
    return new Foulweather.Answer(id(text), null, null, "write", null);
  }

  private static String id(String text) {
    Matcher found = ID.matcher(text);
    return found.find() ? found.group(1) : null;
  }

  /** A connection that was never made carried nothing. HttpClient repeats a request only if it is a read, or was not sent. */
  @Override
  public Foulweather.Applied classify(Throwable error) {
    boolean neverConnected = error instanceof ConnectException || error instanceof HttpConnectTimeoutException;
    return neverConnected ? Foulweather.Applied.NO : Foulweather.Applied.UNKNOWN;
  }

  @Override
  public Map<String, String> libraries() {
    return Map.of("java.net.http", Runtime.version().toString());
  }

  public static void main(String[] arguments) {
    Foulweather.run(new JdkHttp());
  }
}
