import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the programs share: what an operation does, by its number, and the version of a library. */
final class Turn {
  private static final Pattern JAR = Pattern.compile("-(\\d[^/]*)\\.jar$");

  private Turn() {}

  /** The one of several kinds whose turn it is. An operation's ID ends in a number that counts from 0 in a trial. */
  static String of(String id, String... kinds) {
    return kinds[Integer.parseInt(id.substring(id.lastIndexOf('-') + 1)) % kinds.length];
  }

  static String trial(String id) {
    return id.substring(0, id.lastIndexOf('-'));
  }

  /** By the name of the jar that the class is from. */
  static String version(Class<?> part) {
    Matcher jar = JAR.matcher(part.getProtectionDomain().getCodeSource().getLocation().getPath());
    return jar.find() ? jar.group(1) : "unknown";
  }

  /** An operation's write succeeded, but a later step failed: what that error means, it does not mean for the write. */
  static final class AfterTheWrite extends Exception {
    private static final long serialVersionUID = 1;

    AfterTheWrite(Exception cause) {
      super("the write succeeded, but a later step failed: " + cause);
    }
  }
}
