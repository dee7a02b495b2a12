package io.github.kmsrotation.testkit.s3;

import io.github.kmsrotation.testkit.clock.Timeline;
import io.github.kmsrotation.testkit.http.AwsError;
import io.github.kmsrotation.testkit.http.RestAnswer;
import io.github.kmsrotation.testkit.http.RestOperation;
import io.github.kmsrotation.testkit.http.RestRequest;
import io.github.kmsrotation.testkit.http.RestService;
import io.github.kmsrotation.testkit.kms.DataKeys;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Lock;

/** The embedded Amazon S3. Safe for use by several threads. */
public final class S3Service implements RestService, BatchReplication, AutoCloseable {

  private final S3State state;
  private final Operations operations;

  /**
   * @param accountId the account of all buckets
   * @param lock the embedded AWS's lock, which is not held while bodies are read and written
   * @param timeline what happens later
   * @param dataKeys the embedded AWS KMS
   */
  public S3Service(String accountId, Lock lock, Timeline timeline, DataKeys dataKeys) {
    this.state = new S3State(accountId, lock, timeline, dataKeys);
    this.operations = new Operations(state);
    new BucketOperations(state).define(operations);
    new BucketSettings(state).define(operations);
    new BucketDocuments(state).define(operations);
    new InventoryOperations(state).define(operations);
    new PutOperation(state).define(operations);
    new ReadOperations(state).define(operations);
    new CopyOperation(state).define(operations);
    new DeleteOperations(state).define(operations);
    new ObjectSettings(state).define(operations);
    new ObjectLockOperations(state).define(operations);
    new AttributesOperation(state).define(operations);
    new AnnotationOperations(state).define(operations);
    new ListOperations(state).define(operations);
    new ListVersionsOperation(state).define(operations);
    new UploadOperations(state).define(operations);
    new PartOperations(state).define(operations);
    new CompleteOperation(state).define(operations);
    new ListUploadsOperations(state).define(operations);
    new UpdateEncryptionOperation(state).define(operations);
    new RestoreOperation(state).define(operations);
    new ReplicationOperations(state).define(operations);
  }

  @Override
  public String name() {
    return "s3";
  }

  @Override
  public String signingName() {
    return "s3";
  }

  @Override
  public boolean takes(RestRequest request) {
    return true;
  }

  @Override
  public String operation(RestRequest request) {
    return Routes.operation(S3Request.of(request));
  }

  @Override
  public Map<String, RestOperation> operations() {
    return operations.byName();
  }

  @Override
  public RestAnswer error(AwsError error, RestRequest request, String requestId) {
    XmlOut out =
        XmlOut.withoutNamespace("Error").put("Code", error.code()).put("Message", error.text());
    Map<String, String> headers = new HashMap<>();
    error
        .details()
        .forEach(
            (name, value) -> {
              if (Character.isUpperCase(name.charAt(0))) {
                out.put(name, value);
              } else {
                headers.put(name, value);
              }
            });
    out.put("RequestId", requestId).put("HostId", "embedded");
    boolean isBodiless = request.method().equals("HEAD") || error.status() == 304;
    return isBodiless
        ? RestAnswer.of(error.status(), headers, new byte[0])
        : out.answer(error.status(), headers);
  }

  @Override
  public AwsError throttled() {
    return new AwsError("SlowDown", 503, "Please reduce your request rate.");
  }

  /**
   * Makes an object as it would be if it had been put before S3 encrypted every new one: without
   * encryption and without a checksum. To be called under the lock.
   *
   * @param bucket its bucket
   * @param key its key
   * @param data its bytes
   * @throws AwsError if there is no such bucket
   */
  public void plantUnencrypted(String bucket, String key, byte[] data) {
    Planting.unencrypted(state, bucket, key, data);
  }

  /**
   * Makes an object of zeros under the bucket's default encryption. To be called under the lock.
   *
   * @param bucket its bucket, whose default is SSE-KMS or DSSE-KMS
   * @param key its key
   * @param size how many bytes
   * @throws AwsError if there is no such bucket
   */
  public void plantZeros(String bucket, String key, long size) {
    Planting.zeros(state, bucket, key, size);
  }

  /**
   * The bytes of an object's current version as they are stored. To be called under the lock.
   *
   * @param bucket its bucket
   * @param key its key
   * @return encrypted bytes, unless the object is not encrypted
   * @throws AwsError if there is no such object
   */
  public byte[] storedBytes(String bucket, String key) {
    return Planting.storedBytes(state, bucket, key);
  }

  @Override
  public List<Candidate> eligibleForReplication(String bucket) {
    return state.replicator.eligible(state.bucket(bucket));
  }

  @Override
  public void replicate(String bucket, String key, Optional<String> versionId) {
    state.replicator.replicateNow(state.bucket(bucket), key, versionId);
  }

  @Override
  public void close() {
    state.close();
  }
}
