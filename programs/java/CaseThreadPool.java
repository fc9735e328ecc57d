import dev.foulweather.Foulweather;
import io.opentelemetry.api.metrics.Meter;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Lookups over HTTP that block a thread each, on a pool whose size is a question. */
public final class CaseThreadPool implements Foulweather.Program<CaseThreadPool.Lookups> {
  private static final Pattern ID = Pattern.compile("\"id\":\\s*\"([^\"]*)\"");

  static final class Lookups {
    private final String url;
    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ThreadPoolExecutor pool;

    Lookups(String url, int threads) {
      this.url = url;
      // As Executors.newFixedThreadPool makes it, with a name for its threads.
      pool = new ThreadPoolExecutor(threads, threads, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> {
        Thread thread = new Thread(work, "lookup");
        thread.setDaemon(true);
        return thread;
      });
    }

    /** What the pool knows of itself. */
    void observe(Meter meter) {
      meter.gaugeBuilder("lookup.pool.threads").ofLongs().setUnit("{thread}")
          .buildWithCallback(result -> result.record(pool.getPoolSize()));
      meter.gaugeBuilder("lookup.pool.queue.size").ofLongs().setUnit("{task}")
          .buildWithCallback(result -> result.record(pool.getQueue().size()));
    }

    String lookUp(Foulweather.Operation operation) throws IOException, InterruptedException {
      HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/echo/" + operation.id()))
          .header("traceparent", operation.traceparent())
          .build();
      Matcher body = ID.matcher(client.send(request, HttpResponse.BodyHandlers.ofString()).body());
      return body.find() ? body.group(1) : null;
    }
  }

  @Override
  public Lookups open(Foulweather.Settings settings) {
    int threads = settings.options().get("threads") instanceof Double given
        ? given.intValue()
        : Runtime.getRuntime().availableProcessors();
    Lookups lookups = new Lookups(settings.url(), threads);
    lookups.observe(JvmMetrics.send().getMeter("lookup"));
    return lookups;
  }

  @Override
  public Foulweather.Answer perform(Lookups lookups, Foulweather.Operation operation) throws Exception {
    try {
      return Foulweather.Answer.echoed(lookups.pool.submit(() -> lookups.lookUp(operation)).get());
    } catch (ExecutionException error) {
      if (error.getCause() instanceof Exception cause) throw cause;
      throw error;
    }
  }

  @Override
  public void close(Lookups lookups) {
    lookups.pool.shutdown();
  }

  @Override
  public Map<String, String> libraries() {
    return Map.of("java.util.concurrent", Runtime.version().toString());
  }

  public static void main(String[] arguments) {
    Foulweather.run(new CaseThreadPool());
  }
}
