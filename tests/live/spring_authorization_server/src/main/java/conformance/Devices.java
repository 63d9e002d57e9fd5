package conformance;

import static org.springframework.security.config.Customizer.withDefaults;

import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.MediaType;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.LoginUrlAuthenticationEntryPoint;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.security.web.util.matcher.MediaTypeRequestMatcher;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * The filter chains that Spring Boot makes, with the endpoints for devices, which are off unless somebody writes this; and
 * the page on which a user enters a code, which is the application's. The property `conformance.devices` turns them on.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty("conformance.devices")
class Devices {

  @Bean
  @Order(1)
  SecurityFilterChain authorizationServer(HttpSecurity http) throws Exception {
    return http.oauth2AuthorizationServer(
            server -> {
              http.securityMatcher(server.getEndpointsMatcher());
              server
                  .oidc(withDefaults())
                  .deviceAuthorizationEndpoint(endpoint -> endpoint.verificationUri("/activate"))
                  .deviceVerificationEndpoint(withDefaults());
            })
        .authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
        .oauth2ResourceServer(resources -> resources.jwt(withDefaults()))
        .exceptionHandling(
            handling ->
                handling.defaultAuthenticationEntryPointFor(
                    new LoginUrlAuthenticationEntryPoint("/login"), new MediaTypeRequestMatcher(MediaType.TEXT_HTML)))
        .build();
  }

  @Bean
  @Order(2)
  SecurityFilterChain pages(HttpSecurity http) throws Exception {
    return http.authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
        .formLogin(withDefaults())
        .build();
  }

  @RestController
  @ConditionalOnProperty("conformance.devices")
  static class Pages {

    @GetMapping(path = "/activate", produces = MediaType.TEXT_HTML_VALUE)
    String activate(CsrfToken token) {
      return """
          <!doctype html><title>Connect a device</title>
          <form method="post" action="/oauth2/device_verification">
          <input type="hidden" name="%s" value="%s">
          <input name="user_code"><button>Continue</button></form>"""
          .formatted(token.getParameterName(), token.getToken());
    }

    /** Where Spring Authorization Server sends a user who is done. */
    @GetMapping(path = "/", produces = MediaType.TEXT_HTML_VALUE)
    String done() {
      return "<!doctype html><title>Connected</title><p>The device is connected";
    }
  }
}
