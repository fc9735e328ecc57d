import dev.foulweather.Foulweather;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.Response;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.params.SetParams;

/** Jedis, with the pool that it makes by itself. */
public final class JedisPool implements Foulweather.Program<RedisClient> {
  private static final SetParams KEPT = SetParams.setParams().ex(600);

  @Override
  public RedisClient open(Foulweather.Settings settings) {
    URI address = URI.create(settings.url());
    String path = address.getPath() == null ? "" : address.getPath().replace("/", "");
    // A database and a name for the connection, as applications have them.
    DefaultJedisClientConfig.Builder config =
        DefaultJedisClientConfig.builder().database(path.isEmpty() ? 1 : Integer.parseInt(path)).clientName("orders");
    ConnectionPoolConfig pool = new ConnectionPoolConfig();
    Map<String, Object> options = settings.options();
    if (!options.isEmpty()) {
      config.connectionTimeoutMillis(number(options, "connectMs")).socketTimeoutMillis(number(options, "socketMs"));
      pool.setMaxTotal(number(options, "connections"));
      pool.setMaxWait(Duration.ofMillis(number(options, "waitMs")));
    }
    RedisClient client = RedisClient.builder()
        .hostAndPort(address.getHost(), address.getPort())
        .clientConfig(config.build())
        .poolConfig(pool)
        .build();
    client.ping();
    return client;
  }

  private static int number(Map<String, Object> options, String name) {
    return ((Double) options.get(name)).intValue();
  }

  @Override
  public Foulweather.Answer perform(RedisClient client, Foulweather.Operation operation) throws Exception {
    String id = operation.id();
    String key = Turn.of(id, "alone", "transaction", "pipeline", "read-back");
    String list = Turn.trial(id) + ":" + key;
    String copy = "op:" + id;
    switch (key) {
      case "alone":
        return new Foulweather.Answer(null, null, client.rpush(list, id) <= 0, key, null);
      case "transaction":
        try (var transaction = client.multi()) {
          transaction.rpush(list, id);
          transaction.set(copy, id, KEPT);
          Response<String> copied = transaction.get(copy);
          transaction.exec();
          return echoed(copied.get(), key);
        }
      case "pipeline":
        try (var pipeline = client.pipelined()) {
          Response<Long> length = pipeline.rpush(list, id);
          pipeline.set(copy, id, KEPT);
          Response<String> copied = pipeline.get(copy);
          pipeline.sync();
          length.get();
          return echoed(copied.get(), key);
        }
      default:
        long length = client.rpush(list, id);
        try {
          return echoed(client.lindex(list, length - 1), key);
        } catch (JedisException error) {
          throw new Turn.AfterTheWrite(error);
        }
    }
  }

  private static Foulweather.Answer echoed(String id, String key) {
    return new Foulweather.Answer(id, null, null, key, null);
  }

  @Override
  public void close(RedisClient client) {
    client.close();
  }

  @Override
  public Map<String, String> libraries() {
    return Map.of("redis.clients:jedis", Turn.version(RedisClient.class));
  }

  public static void main(String[] arguments) {
    Foulweather.run(new JedisPool());
  }
}
