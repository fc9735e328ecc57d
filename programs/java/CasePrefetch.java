import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.Delivery;
import dev.foulweather.Foulweather;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** A consumer that reads each message, hands it to a pool of handlers, and acknowledges it once it is handled. */
public final class CasePrefetch implements Foulweather.Program<CasePrefetch.Consumer> {
  private static final String QUEUE = "foulweather-work";
  private static final Pattern LINE = Pattern.compile("\"sku\":(\\d+),\"quantity\":(\\d+)");
  /** A handler waits for a call of another service, through as many connections as there are handlers. */
  private static final int DOWNSTREAM_MS = 10;
  private static final int HANDLERS = 4;

  record Line(int sku, int quantity) {
    static Line of(MatchResult found) {
      return new Line(Integer.parseInt(found.group(1)), Integer.parseInt(found.group(2)));
    }
  }

  static final class Consumer {
    private final Connection connection;
    private final Channel channel;
    private final Semaphore handled = new Semaphore(0);
    private final ExecutorService handlers = Executors.newFixedThreadPool(HANDLERS, work -> {
      Thread thread = new Thread(work, "handler");
      thread.setDaemon(true);
      return thread;
    });

    /** @param prefetch messages that may be unacknowledged at a time; null is the protocol's default */
    Consumer(String url, Double prefetch) throws Exception {
      ConnectionFactory factory = new ConnectionFactory();
      factory.setUri(url);
      connection = factory.newConnection("work");
      channel = connection.createChannel();
      if (prefetch != null) channel.basicQos(prefetch.intValue());
      channel.basicConsume(QUEUE, false, (tag, message) -> take(message), tag -> {});
    }

    private void take(Delivery message) {
      List<Line> lines = new ArrayList<>();
      LINE.matcher(new String(message.getBody(), StandardCharsets.UTF_8)).results().map(Line::of).forEach(lines::add);
      long tag = message.getEnvelope().getDeliveryTag();
      handlers.execute(() -> handle(lines, tag));
    }

    private void handle(List<Line> lines, long tag) {
      try {
        send(lines);
        // A channel is not for several threads at once.
        synchronized (channel) {
          channel.basicAck(tag, false);
        }
        handled.release();
      } catch (IOException | AlreadyClosedException | InterruptedException error) {
        // What is being handled while it closes goes back to the queue.
      }
    }

    private static void send(List<Line> lines) throws InterruptedException {
      Thread.sleep(DOWNSTREAM_MS);
    }
  }

  @Override
  public Consumer open(Foulweather.Settings settings) throws Exception {
    JvmMetrics.send();
    return new Consumer(settings.url(), (Double) settings.options().get("prefetch"));
  }

  /** An operation is a message handled, whichever it was. */
  @Override
  public Foulweather.Answer perform(Consumer consumer, Foulweather.Operation operation) throws InterruptedException {
    consumer.handled.acquire();
    return null;
  }

  @Override
  public void close(Consumer consumer) throws IOException {
    consumer.connection.close();
  }

  @Override
  public Map<String, String> libraries() {
    return Map.of("com.rabbitmq:amqp-client", Turn.version(ConnectionFactory.class));
  }

  public static void main(String[] arguments) {
    Foulweather.run(new CasePrefetch());
  }
}
