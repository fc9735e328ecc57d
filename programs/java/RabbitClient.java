import com.rabbitmq.client.AMQP.BasicProperties;
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
import java.util.NavigableMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** RabbitMQ's client, which opens a lost connection again: publishing, consuming and requests. */
public final class RabbitClient implements Foulweather.Program<RabbitClient.Application> {
  private static final String EXCHANGE = "foulweather-orders";
  private static final String WORK = "foulweather-work";
  private static final String REPLY_TO = "amq.rabbitmq.reply-to";
  private static final String ORDER = "x".repeat(40);
  private static final Pattern ID = Pattern.compile("\"id\":\"([^\"]*)\"");
  private static final int BATCH = 3;

  /** What was waited for will not come any more. */
  static final class NoArrival extends Exception {
    private static final long serialVersionUID = 1;

    NoArrival(String message) {
      super(message);
    }
  }

  /** A later message of a batch could not be sent: the first ones were. */
  static final class PartlySent extends Exception {
    private static final long serialVersionUID = 1;

    PartlySent(Exception cause) {
      super("some messages of the batch were sent, but not all: " + cause);
    }
  }

  static final class Application {
    private final Connection connection;
    /** Publishes, and gets the replies, which go to the channel of their requests. */
    private final Channel channel;
    private final ExecutorService operations = Executors.newCachedThreadPool(work -> {
      Thread thread = new Thread(work, "limited");
      thread.setDaemon(true);
      return thread;
    });
    private final NavigableMap<Long, CompletableFuture<Void>> unconfirmed = new ConcurrentSkipListMap<>();
    private final Map<String, CompletableFuture<String>> deliveries = new ConcurrentHashMap<>();
    private final Map<String, CompletableFuture<String>> replies = new ConcurrentHashMap<>();
    /** Milliseconds; null for none. */
    private final Long limit;

    Application(Foulweather.Settings settings) throws Exception {
      Map<String, Object> options = settings.options();
      ConnectionFactory factory = new ConnectionFactory();
      factory.setUri(settings.url());
      limit = options.isEmpty() ? null : (long) number(options, "limitMs");
      if (!options.isEmpty()) {
        factory.setRequestedHeartbeat(number(options, "heartbeatSeconds"));
        factory.setConnectionTimeout(number(options, "connectMs"));
        factory.setHandshakeTimeout(number(options, "connectMs"));
        factory.setNetworkRecoveryInterval(number(options, "recoveryMs"));
      }
      connection = factory.newConnection("orders");
      channel = connection.createChannel();
      channel.confirmSelect();
      channel.addConfirmListener(
          (tag, isMultiple) -> settle(tag, isMultiple, null),
          (tag, isMultiple) -> settle(tag, isMultiple, new NoArrival("the broker refused the message")));
      channel.addShutdownListener(cause -> lose());
      channel.basicConsume(REPLY_TO, true, (tag, reply) -> came(replies, text(reply)), tag -> {});
      Channel consumer = connection.createChannel();
      if (!options.isEmpty()) consumer.basicQos(number(options, "prefetch"));
      consumer.basicConsume(WORK, false, (tag, message) -> deliver(settings, consumer, message), tag -> {});
    }

    private static int number(Map<String, Object> options, String name) {
      return ((Double) options.get(name)).intValue();
    }

    private void deliver(Foulweather.Settings settings, Channel consumer, Delivery message) throws IOException {
      String text = text(message);
      String id = idIn(text);
      if (id != null) settings.delivered().accept(id);
      try {
        consumer.basicAck(message.getEnvelope().getDeliveryTag(), false);
      } catch (AlreadyClosedException error) {
        // It will be delivered again.
      }
      came(deliveries, text);
    }

    /** A message that nobody waits for any more, such as one that is delivered twice, changes nothing. */
    private static void came(Map<String, CompletableFuture<String>> waiting, String text) {
      String id = idIn(text);
      CompletableFuture<String> arrival = id == null ? null : waiting.remove(id);
      if (arrival != null) arrival.complete(text);
    }

    private void settle(long tag, boolean isMultiple, NoArrival refusal) {
      NavigableMap<Long, CompletableFuture<Void>> those =
          isMultiple ? unconfirmed.headMap(tag, true) : unconfirmed.subMap(tag, true, tag, true);
      for (Long each : List.copyOf(those.keySet())) {
        CompletableFuture<Void> confirmed = unconfirmed.remove(each);
        if (confirmed == null) continue;
        if (refusal == null) confirmed.complete(null);
        else confirmed.completeExceptionally(refusal);
      }
    }

    /** Confirms and replies go with the connection. */
    private void lose() {
      synchronized (channel) {
        settle(Long.MAX_VALUE, true, new NoArrival("the connection was lost before the broker confirmed the message"));
      }
      for (String id : List.copyOf(replies.keySet())) {
        CompletableFuture<String> reply = replies.remove(id);
        if (reply != null) reply.completeExceptionally(new NoArrival("the connection was lost before the reply came"));
      }
    }

    /** A channel is not for several threads at once. */
    private CompletableFuture<Void> publish(String key, String id) throws IOException {
      BasicProperties.Builder properties = new BasicProperties.Builder().deliveryMode(2).messageId(id);
      if (key.equals("request")) properties.replyTo(REPLY_TO).correlationId(id);
      synchronized (channel) {
        long tag = channel.getNextPublishSeqNo();
        CompletableFuture<Void> confirmed = new CompletableFuture<>();
        unconfirmed.put(tag, confirmed);
        try {
          channel.basicPublish(EXCHANGE, key, properties.build(), textOf(id).getBytes(StandardCharsets.UTF_8));
        } catch (AlreadyClosedException | IOException error) {
          unconfirmed.remove(tag, confirmed);
          throw error;
        }
        return confirmed;
      }
    }

    private void publishBatch(String id) throws Exception {
      List<CompletableFuture<Void>> confirmations = new ArrayList<>();
      for (int number = 1; number <= BATCH; number++) {
        try {
          confirmations.add(publish("work", "%s.%dof%d".formatted(id, number, BATCH)));
        } catch (AlreadyClosedException | IOException error) {
          if (number == 1) throw error;
          throw new PartlySent(error);
        }
      }
      for (CompletableFuture<Void> confirmed : confirmations) get(confirmed);
    }

    private Foulweather.Answer publishAndWait(Map<String, CompletableFuture<String>> waiting, String key, String id)
        throws Exception {
      CompletableFuture<String> arrival = new CompletableFuture<>();
      waiting.put(id, arrival);
      try {
        get(publish(key, id));
        String text = get(arrival);
        return new Foulweather.Answer(idIn(text), text.equals(textOf(id)), null, null, null);
      } finally {
        waiting.remove(id, arrival);
      }
    }

    private Foulweather.Answer perform(String id) throws Exception {
      switch (Turn.of(id, "publish", "batch", "consume", "request")) {
        case "publish" -> get(publish("work", id));
        case "batch" -> publishBatch(id);
        case "consume" -> {
          return publishAndWait(deliveries, "work", id);
        }
        default -> {
          return publishAndWait(replies, "request", id);
        }
      }
      return null;
    }

    /** Publishing has no time limit: the application waits no longer. */
    Foulweather.Answer performWithin(String id) throws Exception {
      if (limit == null) return perform(id);
      Future<Foulweather.Answer> answer = operations.submit(() -> perform(id));
      return unwrapped(() -> answer.get(limit, TimeUnit.MILLISECONDS));
    }
  }

  private interface Getting<T> {
    T get() throws Exception;
  }

  private static <T> T get(CompletableFuture<T> future) throws Exception {
    return unwrapped(future::get);
  }

  private static <T> T unwrapped(Getting<T> getting) throws Exception {
    try {
      return getting.get();
    } catch (ExecutionException error) {
      if (error.getCause() instanceof Exception cause) throw cause;
      throw error;
    }
  }

  private static String textOf(String id) {
    return "{\"id\":\"%s\",\"order\":\"%s\"}".formatted(id, ORDER);
  }

  private static String idIn(String text) {
    Matcher found = ID.matcher(text);
    return found.find() ? found.group(1) : null;
  }

  private static String text(Delivery message) {
    return new String(message.getBody(), StandardCharsets.UTF_8);
  }

  @Override
  public Application open(Foulweather.Settings settings) throws Exception {
    return new Application(settings);
  }

  @Override
  public Foulweather.Answer perform(Application application, Foulweather.Operation operation) throws Exception {
    return application.performWithin(operation.id());
  }

  /** A closed channel sends nothing. */
  @Override
  public Foulweather.Applied classify(Throwable error) {
    return error instanceof AlreadyClosedException ? Foulweather.Applied.UNSENT : Foulweather.Applied.UNKNOWN;
  }

  @Override
  public void close(Application application) throws Exception {
    application.connection.close();
  }

  @Override
  public Map<String, String> libraries() {
    return Map.of("com.rabbitmq:amqp-client", Turn.version(ConnectionFactory.class));
  }

  public static void main(String[] arguments) {
    Foulweather.run(new RabbitClient());
  }
}
