import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.foulweather.Foulweather;
import java.net.URI;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.postgresql.PGStatement;

/** pgJDBC, with HikariCP. */
public final class PgJdbc implements Foulweather.Program<HikariDataSource> {
  private static final String INSERT = "INSERT INTO foulweather_pg (id) VALUES (?) RETURNING id";
  private static final String FIND = "SELECT id FROM foulweather_pg WHERE id = ?";
  private static final String SERIES = "SELECT ?::text AS id, n FROM generate_series(1, ?::int) AS n";
  private static final int LONG_ROWS = 500;

  @Override
  public HikariDataSource open(Foulweather.Settings settings) {
    URI address = URI.create(settings.url());
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl("jdbc:postgresql://%s%s".formatted(address.getRawAuthority().replaceFirst("^.*@", ""), address.getRawPath()));
    if (address.getUserInfo() != null) {
      String[] user = address.getUserInfo().split(":", 2);
      config.setUsername(user[0]);
      if (user.length > 1) config.setPassword(user[1]);
    }
    Map<String, Object> options = settings.options();
    if (!options.isEmpty()) {
      config.setConnectionTimeout(number(options, "waitMs"));
      config.setValidationTimeout(number(options, "validationMs"));
      config.addDataSourceProperty("connectTimeout", number(options, "connectSeconds"));
      config.addDataSourceProperty("socketTimeout", number(options, "socketSeconds"));
      config.addDataSourceProperty("options", "-c statement_timeout=" + number(options, "statementMs"));
    }
    return new HikariDataSource(config);
  }

  private static int number(Map<String, Object> options, String name) {
    return ((Double) options.get(name)).intValue();
  }

  @Override
  public Foulweather.Answer perform(HikariDataSource pool, Foulweather.Operation operation) throws Exception {
    String id = operation.id();
    String key = Turn.of(id, "insert", "named-statement", "transaction", "long-answer");
    if (key.equals("transaction")) return new Foulweather.Answer(inTransaction(pool, id), null, null, key, null);
    String echoed;
    try (Connection connection = pool.getConnection()) {
      echoed = inserted(connection, id, key.equals("named-statement"));
    }
    if (!key.equals("long-answer")) return new Foulweather.Answer(echoed, null, null, key, null);
    try {
      return series(pool, id, key);
    } catch (SQLException error) {
      throw new Turn.AfterTheWrite(error);
    }
  }

  private static String inserted(Connection connection, String id, boolean isNamed) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
      if (isNamed) statement.unwrap(PGStatement.class).setPrepareThreshold(1);
      return first(statement, id);
    }
  }

  private static String first(PreparedStatement statement, String id) throws SQLException {
    statement.setString(1, id);
    try (ResultSet rows = statement.executeQuery()) {
      return rows.next() ? rows.getString(1) : null;
    }
  }

  /** What is not committed is rolled back by the pool. */
  private static String inTransaction(HikariDataSource pool, String id) throws SQLException {
    try (Connection connection = pool.getConnection()) {
      connection.setAutoCommit(false);
      inserted(connection, id, false);
      String found;
      try (PreparedStatement statement = connection.prepareStatement(FIND)) {
        found = first(statement, id);
      }
      connection.commit();
      return found;
    }
  }

  private static Foulweather.Answer series(HikariDataSource pool, String id, String key) throws SQLException {
    try (Connection connection = pool.getConnection();
        PreparedStatement statement = connection.prepareStatement(SERIES)) {
      statement.setString(1, id);
      statement.setInt(2, LONG_ROWS);
      String echoed = null;
      int count = 0;
      try (ResultSet rows = statement.executeQuery()) {
        for (; rows.next(); count++) echoed = rows.getString(1);
      }
      return new Foulweather.Answer(echoed, count == LONG_ROWS, null, key, null);
    }
  }

  /** The pool had no connection for it. */
  @Override
  public Foulweather.Applied classify(Throwable error) {
    boolean hadNone = error instanceof SQLTransientConnectionException;
    return hadNone ? Foulweather.Applied.UNSENT : Foulweather.Applied.UNKNOWN;
  }

  @Override
  public void close(HikariDataSource pool) {
    pool.close();
  }

  @Override
  public Map<String, String> libraries() {
    // The one that the scenario is about comes first.
    Map<String, String> versions = new LinkedHashMap<>();
    versions.put("org.postgresql:postgresql", Turn.version(PGStatement.class));
    versions.put("com.zaxxer:HikariCP", Turn.version(HikariDataSource.class));
    return versions;
  }

  public static void main(String[] arguments) {
    Foulweather.run(new PgJdbc());
  }
}
