package io.github.kmsrotation.testkit.http;

import java.util.Map;

/** A service of the embedded AWS. */
public interface AwsService {

  /**
   * The name that requests to it are signed for.
   *
   * @return for example {@code kms}
   */
  String name();

  /**
   * Its wire format.
   *
   * @return a protocol
   */
  WireProtocol protocol();

  /**
   * What it can do.
   *
   * @return operations by name
   */
  Map<String, Operation> operations();
}
