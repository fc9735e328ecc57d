package dev.foulweather;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/**
 * Lets foulweather drive a Java client library while the network misbehaves.
 *
 * <p>A program defines how to open the library, what one operation is, and how to close the library:
 *
 * <pre>{@code
 * public static void main(String[] args) {
 *   Foulweather.run(new MyProgram());
 * }
 * }</pre>
 *
 * <p>Each operation has a thread of its own. It succeeds if {@code perform} returns, and fails if it throws. Needs Java 17 or
 * newer and nothing else.
 */
public final class Foulweather {
  private static final int PROTOCOL = 1;
  private static final String VERSION = "0.1.0";
  private static final int CAUSES = 5;
  private static final int FRAMES = 8;

  private Foulweather() {}

  /** What foulweather drives; {@code C} is the library's client. Only {@code open} and {@code perform} are required. */
  public interface Program<C> {
    C open(Settings settings) throws Exception;

    /** Performs one operation. It may return null. */
    Answer perform(C client, Operation operation) throws Exception;

    default void close(C client) throws Exception {}

    /** What an error of {@code perform} means for the operation's effect. */
    default Applied classify(Throwable error) {
      return Applied.UNKNOWN;
    }

    /** Called when a phase begins. */
    default void phase(String name, String role) {}

    /** Versions of the libraries under test, by name, for the report. */
    default Map<String, String> libraries() {
      return Map.of();
    }
  }

  /**
   * The argument of {@code open}.
   *
   * @param url the server's address, through the fault injector; use no other
   * @param options the variant's options: maps, lists, strings, doubles and booleans
   * @param variant the variant's name
   * @param deadline how long a caller waits for an operation
   * @param maxInFlight the most operations that will be in flight at once
   * @param delivered for a consumer: call it with the ID of a message each time that message arrives
   * @param log adds a line to the report
   */
  public record Settings(
      String url,
      Map<String, Object> options,
      String variant,
      Duration deadline,
      int maxInFlight,
      Consumer<String> delivered,
      Consumer<String> log) {}

  /**
   * The second argument of {@code perform}.
   *
   * @param id send it with each attempt, so that the server's ledger can count attempts and effects
   * @param index counts from 0
   * @param traceparent the W3C header of the operation's trace: make it the parent of the library's spans
   * @param deadlineNanos when the caller gives up, on the clock of {@link System#nanoTime()}; nothing is cancelled then
   */
  public record Operation(String id, long index, String traceparent, long deadlineNanos) {
    /** Until the deadline, at least zero. */
    public Duration remaining() {
      return Duration.ofNanos(Math.max(0, deadlineNanos - System.nanoTime()));
    }
  }

  /**
   * Describes the response. Each fact allows a symptom to be detected that is inconclusive without it. Null means
   * unknown.
   *
   * @param echoedId the ID that the response is for; an ID other than the operation's is a crossed response
   * @param intact whether the response is complete, by its length or hash
   * @param empty whether the response is empty although there was something to get
   * @param key the key, queue or stream of the operation, out of a few
   * @param applicationError the error that a complete response reports
   */
  public record Answer(String echoedId, Boolean intact, Boolean empty, String key, String applicationError) {
    public static Answer echoed(String id) {
      return new Answer(id, null, null, null, null);
    }
  }

  /** The operation certainly did not happen, the library refused it locally, or it may have happened. */
  public enum Applied {
    NO,
    UNSENT,
    UNKNOWN
  }

  /**
   * Connects to foulweather, performs what it asks for, and ends the process once the library is closed or foulweather is
   * gone.
   */
  public static <C> void run(Program<C> program) {
    String control = System.getenv("FOULWEATHER_CONTROL");
    String token = System.getenv("FOULWEATHER_TOKEN");
    if (control == null || token == null) {
      System.err.println("This program is started by foulweather: see `npx foulweather conform --help`.");
      System.exit(64);
    }
    int colon = control.lastIndexOf(':');
    try (Socket socket = new Socket(control.substring(0, colon), Integer.parseInt(control.substring(colon + 1)))) {
      socket.setTcpNoDelay(true);
      Session<C> session = new Session<>(program, socket);
      session.hello(token);
      session.serve();
    } catch (IOException error) {
      System.err.println(error);
    }
    System.exit(1);
  }

  private static final class Session<C> {
    private final Program<C> program;
    private final BufferedReader reader;
    private final Writer writer;
    /** Its threads do not keep the process alive. */
    private final ExecutorService operations = Executors.newCachedThreadPool(work -> {
      Thread thread = new Thread(work, "operation");
      thread.setDaemon(true);
      return thread;
    });
    /** The library is opened and closed by one thread, which may keep the process alive as an application's main thread does. */
    private final ExecutorService main = Executors.newSingleThreadExecutor(work -> new Thread(work, "application"));
    private volatile C client;
    private volatile boolean isOpen;

    Session(Program<C> program, Socket socket) throws IOException {
      this.program = program;
      reader = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      writer = new BufferedWriter(new OutputStreamWriter(socket.getOutputStream(), StandardCharsets.UTF_8));
    }

    void hello(String token) {
      Map<String, Object> hello = message("hello");
      hello.put("token", token);
      hello.put("protocol", PROTOCOL);
      hello.put("language", "Java");
      hello.put("runtime", System.getProperty("java.vm.name") + " " + System.getProperty("java.version"));
      hello.put("kit", "foulweather for Java " + VERSION);
      hello.put("libraries", program.libraries());
      send(hello);
    }

    void serve() throws IOException {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        Map<String, Object> message = Json.object(line);
        switch (String.valueOf(message.get("kind"))) {
          case "open" -> main.execute(() -> asked("open", "opened", () -> open(message)));
          case "perform" -> operations.execute(() -> perform(message));
          case "phase" -> program.phase(text(message, "name"), text(message, "role"));
          case "close" -> main.execute(() -> {
            asked("close", "closed", this::close);
            System.exit(0);
          });
          default -> { }
        }
      }
    }

    private interface Step {
      void run() throws Exception;
    }

    private void asked(String what, String done, Step step) {
      Map<String, Object> answer = message(done);
      try {
        step.run();
      } catch (Throwable error) {
        answer = message(what + "-failed");
        answer.put("error", failure(error, 0));
      }
      send(answer);
    }

    private void open(Map<String, Object> message) throws Exception {
      @SuppressWarnings("unchecked")
      Map<String, Object> options =
          message.get("options") instanceof Map<?, ?> given ? (Map<String, Object>) given : Map.of();
      client = program.open(new Settings(
          text(message, "url"),
          options,
          text(message, "variant"),
          Duration.ofMillis((long) number(message, "deadlineMs")),
          (int) number(message, "maxInFlight"),
          id -> send(message("delivered", "id", id)),
          line -> send(message("log", "message", line))));
      isOpen = true;
    }

    private void close() throws Exception {
      if (isOpen) program.close(client);
    }

    private void perform(Map<String, Object> message) {
      long deadline = System.nanoTime() + (long) (number(message, "deadlineMs") * 1e6);
      Operation operation =
          new Operation(text(message, "id"), (long) number(message, "index"), text(message, "traceparent"), deadline);
      Map<String, Object> settled = message("settled", "id", operation.id());
      try {
        Answer answer = program.perform(client, operation);
        settled.put("ok", true);
        if (answer != null) {
          settled.put("echoedId", answer.echoedId());
          settled.put("intact", answer.intact());
          settled.put("empty", answer.empty());
          settled.put("key", answer.key());
          if (answer.applicationError() != null) {
            settled.put("applicationError", Map.of("message", answer.applicationError()));
          }
        }
      } catch (Throwable error) {
        Map<String, Object> failure = failure(error, 0);
        failure.put("applied", program.classify(error).name().toLowerCase());
        settled.put("ok", false);
        settled.put("error", failure);
      }
      send(settled);
    }

    private static Map<String, Object> failure(Throwable error, int depth) {
      Map<String, Object> failure = new LinkedHashMap<>();
      failure.put("name", error.getClass().getSimpleName());
      failure.put("message", String.valueOf(error.getMessage()));
      if (error instanceof java.sql.SQLException sql) failure.put("code", sql.getSQLState());
      if (error.getCause() != null && depth < CAUSES) failure.put("cause", failure(error.getCause(), depth + 1));
      if (depth == 0) {
        List<Object> stack = new ArrayList<>();
        for (StackTraceElement frame : error.getStackTrace()) {
          if (stack.size() < FRAMES) stack.add(frame.toString());
        }
        failure.put("stack", stack);
      }
      return failure;
    }

    private static Map<String, Object> message(String kind) {
      Map<String, Object> message = new LinkedHashMap<>();
      message.put("kind", kind);
      return message;
    }

    private static Map<String, Object> message(String kind, String field, String value) {
      Map<String, Object> message = message(kind);
      message.put(field, value);
      return message;
    }

    private static String text(Map<String, Object> message, String field) {
      return message.get(field) instanceof String text ? text : "";
    }

    private static double number(Map<String, Object> message, String field) {
      return message.get(field) instanceof Double number ? number : 0;
    }

    /** If nobody reads any more, the reader notices the end of the connection. */
    private synchronized void send(Map<String, Object> message) {
      try {
        writer.write(Json.text(message));
        writer.write('\n');
        writer.flush();
      } catch (IOException ignored) {
        // See above.
      }
    }
  }

  /** As much of JSON as the protocol needs: what the harness sends is well-formed. */
  private static final class Json {
    private final String text;
    private int at;

    private Json(String text) {
      this.text = text;
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> object(String line) {
      return new Json(line).value() instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
    }

    static String text(Object value) {
      StringBuilder into = new StringBuilder();
      write(value, into);
      return into.toString();
    }

    private static void write(Object value, StringBuilder into) {
      if (value instanceof Map<?, ?> map) {
        into.append('{');
        map.forEach((name, field) -> {
          if (field == null) return;
          if (into.charAt(into.length() - 1) != '{') into.append(',');
          write(name, into);
          into.append(':');
          write(field, into);
        });
        into.append('}');
      } else if (value instanceof List<?> list) {
        into.append('[');
        for (int index = 0; index < list.size(); index++) {
          if (index > 0) into.append(',');
          write(list.get(index), into);
        }
        into.append(']');
      } else if (value instanceof Number || value instanceof Boolean || value == null) {
        into.append(value);
      } else {
        quote(value.toString(), into);
      }
    }

    private static void quote(String text, StringBuilder into) {
      into.append('"');
      for (int index = 0; index < text.length(); index++) {
        char character = text.charAt(index);
        if (character == '"' || character == '\\') into.append('\\').append(character);
        else if (character < ' ') into.append(String.format("\\u%04x", (int) character));
        else into.append(character);
      }
      into.append('"');
    }

    private Object value() {
      space();
      return switch (text.charAt(at)) {
        case '{' -> map();
        case '[' -> list();
        case '"' -> string();
        case 't' -> word("true", true);
        case 'f' -> word("false", false);
        case 'n' -> word("null", null);
        default -> number();
      };
    }

    private Object word(String word, Object value) {
      at += word.length();
      return value;
    }

    private Map<String, Object> map() {
      Map<String, Object> map = new LinkedHashMap<>();
      for (at++; !ends('}'); ) {
        space();
        String name = string();
        space();
        at++; // the colon
        map.put(name, value());
      }
      return map;
    }

    private List<Object> list() {
      List<Object> list = new ArrayList<>();
      for (at++; !ends(']'); ) list.add(value());
      return list;
    }

    /** Also skips the comma before a further element. */
    private boolean ends(char end) {
      space();
      if (text.charAt(at) == ',') {
        at++;
        return false;
      }
      if (text.charAt(at) != end) return false;
      at++;
      return true;
    }

    private Double number() {
      int from = at;
      while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) at++;
      return Double.valueOf(text.substring(from, at));
    }

    private String string() {
      StringBuilder string = new StringBuilder();
      for (at++; text.charAt(at) != '"'; at++) {
        char character = text.charAt(at);
        if (character != '\\') {
          string.append(character);
          continue;
        }
        char escaped = text.charAt(++at);
        switch (escaped) {
          case 'n' -> string.append('\n');
          case 't' -> string.append('\t');
          case 'r' -> string.append('\r');
          case 'b' -> string.append('\b');
          case 'f' -> string.append('\f');
          case 'u' -> {
            string.append((char) Integer.parseInt(text.substring(at + 1, at + 5), 16));
            at += 4;
          }
          default -> string.append(escaped);
        }
      }
      at++;
      return string.toString();
    }

    private void space() {
      while (at < text.length() && text.charAt(at) <= ' ') at++;
    }
  }
}
