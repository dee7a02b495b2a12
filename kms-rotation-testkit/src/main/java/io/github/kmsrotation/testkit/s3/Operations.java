package io.github.kmsrotation.testkit.s3;

import io.github.kmsrotation.testkit.http.RestAnswer;
import io.github.kmsrotation.testkit.http.RestOperation;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** The operations by name, each with the parameters that it models. */
final class Operations {

  /** The parameters of SSE-C. */
  static final String CUSTOMER =
      "x-amz-server-side-encryption-customer-algorithm"
          + " x-amz-server-side-encryption-customer-key"
          + " x-amz-server-side-encryption-customer-key-md5";

  static final String COPY_SOURCE =
      "x-amz-copy-source x-amz-copy-source-if-match x-amz-copy-source-if-none-match"
          + " x-amz-copy-source-if-modified-since x-amz-copy-source-if-unmodified-since"
          + " x-amz-copy-source-server-side-encryption-customer-algorithm"
          + " x-amz-copy-source-server-side-encryption-customer-key"
          + " x-amz-copy-source-server-side-encryption-customer-key-md5"
          + " x-amz-source-expected-bucket-owner";

  /** What a new object is given by headers. */
  static final String NEW_OBJECT =
      "x-amz-server-side-encryption x-amz-server-side-encryption-aws-kms-key-id"
          + " x-amz-server-side-encryption-context"
          + " x-amz-server-side-encryption-bucket-key-enabled "
          + CUSTOMER
          + " x-amz-acl x-amz-grant-full-control x-amz-grant-read x-amz-grant-read-acp"
          + " x-amz-grant-write-acp x-amz-meta- x-amz-storage-class x-amz-tagging"
          + " x-amz-website-redirect-location x-amz-object-lock-mode"
          + " x-amz-object-lock-retain-until-date x-amz-object-lock-legal-hold";

  private static final String CHECKSUMS =
      "x-amz-checksum-crc32 x-amz-checksum-crc32c x-amz-checksum-crc64nvme x-amz-checksum-sha1"
          + " x-amz-checksum-sha256";

  /** AWS SDKs send checksums with requests that have no body, too. */
  private static final String OF_ALL =
      "x-amz-expected-bucket-owner x-amz-request-payer " + CHECKSUMS;

  private final S3State state;
  private final Map<String, RestOperation> byName = new LinkedHashMap<>();

  /** Answers a request. */
  interface Handler {
    RestAnswer handle(S3Request request) throws IOException;
  }

  Operations(S3State state) {
    this.state = state;
  }

  Map<String, RestOperation> byName() {
    return byName;
  }

  void read(String name, Handler handler, String... params) {
    define(name, false, handler, params);
  }

  void write(String name, Handler handler, String... params) {
    define(name, true, handler, params);
  }

  private void define(String name, boolean isMutating, Handler handler, String... params) {
    Set<String> all = new HashSet<>();
    all.addAll(Arrays.asList(OF_ALL.split(" ")));
    for (String some : params) {
      all.addAll(Arrays.asList(some.split(" ")));
    }
    PolicyCheck check = new PolicyCheck(state, name);
    byName.put(
        name,
        new RestOperation(
            isMutating,
            Set.copyOf(all),
            rest -> {
              S3Request request = S3Request.of(rest);
              check.check(request);
              return handler.handle(request);
            }));
  }
}
