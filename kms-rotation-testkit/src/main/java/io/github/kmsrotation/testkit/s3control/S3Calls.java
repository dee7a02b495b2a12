package io.github.kmsrotation.testkit.s3control;

import com.sun.net.httpserver.Headers;
import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.RestAnswer;
import io.github.kmsrotation.testkit.http.RestOperation;
import io.github.kmsrotation.testkit.http.RestRequest;
import io.github.kmsrotation.testkit.http.RestService;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Calls of S3 that a job makes, in the process: they obey all of S3's rules, meet no faults and are
 * not among the calls that a test sees.
 */
final class S3Calls {

  private final RestService s3;
  private final String accountId;

  S3Calls(RestService s3, String accountId) {
    this.s3 = s3;
    this.accountId = accountId;
  }

  /** What was answered. */
  @SuppressWarnings("ArrayRecordComponent") // read once and compared with nothing
  record Answer(Map<String, String> headers, byte[] body) {
    Optional<String> header(String name) {
      return Optional.ofNullable(headers.get(name));
    }
  }

  /** A call that is being made. Not safe for use by several threads. */
  final class Call {

    private final String method;
    private final String region;
    private final String path;
    private final Map<String, String> query = new LinkedHashMap<>();
    private final Headers headers = new Headers();
    private byte[] body = {};

    private Call(String method, String region, String path) {
      this.method = method;
      this.region = region;
      this.path = path;
    }

    Call query(String name, String value) {
      query.put(name, value);
      return this;
    }

    Call query(String name, Optional<String> value) {
      value.ifPresent(v -> query.put(name, v));
      return this;
    }

    Call header(String name, String value) {
      headers.set(name, value);
      return this;
    }

    Call header(String name, Optional<String> value) {
      value.ifPresent(v -> headers.set(name, v));
      return this;
    }

    Call body(byte[] bytes) {
      body = bytes;
      return this;
    }

    /** Makes it; throws the {@link AwsError} that S3 answers. */
    Answer send() {
      headers.set("Content-Length", Integer.toString(body.length));
      RestRequest request =
          new RestRequest(
              method, path, query, headers, new ByteArrayInputStream(body), region, accountId);
      try {
        RestOperation operation = s3.operations().get(s3.operation(request));
        if (operation == null) {
          throw new IllegalStateException("S3 has no operation for " + method + " " + path);
        }
        RestAnswer answer = operation.handler().handle(request);
        try {
          ByteArrayOutputStream out = new ByteArrayOutputStream();
          answer.body().writeTo(out);
          return new Answer(answer.headers(), out.toByteArray());
        } finally {
          answer.body().release();
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  Call call(String method, String region, String bucket, String key) {
    return new Call(method, region, "/" + bucket + "/" + encode(key));
  }

  static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20").replace("%2F", "/");
  }
}
