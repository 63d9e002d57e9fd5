package conformance;

import java.io.IOException;
import java.io.OutputStream;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.security.oauth2.server.authorization.OAuth2Authorization;

/**
 * Spring Authorization Server as Spring Boot configures it, with Spring Security's login page. It prints one line of JSON,
 * its issuer and version, and ends with its input.
 */
@SpringBootApplication
public class Server {

  public static void main(String[] arguments) throws IOException {
    var running = SpringApplication.run(Server.class, arguments);
    // A test run that was killed takes its providers along: its end of the pipe closes.
    System.in.transferTo(OutputStream.nullOutputStream());
    System.exit(SpringApplication.exit(running));
  }

  @EventListener
  void ready(WebServerInitializedEvent event) {
    var version = OAuth2Authorization.class.getPackage().getImplementationVersion();
    System.out.printf(
        "{\"issuer\": \"http://127.0.0.1:%d\", \"version\": \"%s\"}%n", event.getWebServer().getPort(), version);
  }
}
