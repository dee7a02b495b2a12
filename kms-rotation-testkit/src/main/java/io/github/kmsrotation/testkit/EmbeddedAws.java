package io.github.kmsrotation.testkit;

import io.github.kmsrotation.testkit.autoscaling.AutoScalingService;
import io.github.kmsrotation.testkit.call.Calls;
import io.github.kmsrotation.testkit.clock.TestClock;
import io.github.kmsrotation.testkit.clock.Timeline;
import io.github.kmsrotation.testkit.dynamodb.DynamoDbService;
import io.github.kmsrotation.testkit.ec2.Ec2Service;
import io.github.kmsrotation.testkit.elb.ElbService;
import io.github.kmsrotation.testkit.fault.Faults;
import io.github.kmsrotation.testkit.guest.Guests;
import io.github.kmsrotation.testkit.http.AwsHttpServer;
import io.github.kmsrotation.testkit.http.AwsService;
import io.github.kmsrotation.testkit.kms.KmsService;
import io.github.kmsrotation.testkit.rds.RdsService;
import io.github.kmsrotation.testkit.s3.S3Service;
import io.github.kmsrotation.testkit.s3control.S3ControlService;
import io.github.kmsrotation.testkit.ssm.SsmService;
import io.github.kmsrotation.testkit.sts.StsService;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * An AWS in this process: KMS, RDS, EC2, Elastic Load Balancing, Auto Scaling, Systems Manager, S3,
 * DynamoDB and STS over HTTP on loopback. Use it by endpoint override, with any credentials. Safe
 * for use by several threads. Defaults: any free port, Region {@code eu-central-1}, account {@code
 * 111122223333}, a clock that runs 600 times as fast as time does, so that ten minutes of RDS take
 * a second; what was made is found at once. What was not closed is closed when the JVM ends.
 */
public final class EmbeddedAws implements AutoCloseable {

  /** How much faster than time the default clock runs: ten minutes pass in a second. */
  public static final double DEFAULT_SPEED = 600;

  private final String region;
  private final String accountId;
  private final TestClock clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Timeline timeline;
  private final Faults faults = new Faults();
  private final Calls calls = new Calls();
  private final RdsService rds;
  private final Ec2Service ec2;
  private final ElbService elb;
  private final SsmService ssm;
  private final S3Service s3;
  private final S3ControlService s3Control;
  private final AwsHttpServer server;
  private final AtomicBoolean closed = new AtomicBoolean();
  private final Thread atEndOfJvm = new Thread(this::close, "embedded-aws-end");

  private EmbeddedAws(Builder builder) {
    this.region = builder.region;
    this.accountId = builder.accountId;
    this.clock = builder.clock;
    this.timeline = new Timeline(clock, builder.eventualConsistency);
    KmsService kms = new KmsService(accountId, timeline, builder.requestQuotas);
    this.rds = new RdsService(accountId, timeline, kms);
    this.ec2 = new Ec2Service(accountId, timeline, kms, builder.requestQuotas);
    this.elb = new ElbService(accountId, timeline, ec2);
    this.ssm = new SsmService(timeline, ec2);
    this.s3 = new S3Service(accountId, lock, timeline, kms.dataKeys());
    this.s3Control = new S3ControlService(accountId, lock, timeline, s3);
    try {
      this.server =
          new AwsHttpServer(
              builder.port,
              List.of(
                      kms,
                      rds,
                      ec2,
                      elb,
                      ssm,
                      new AutoScalingService(timeline, ec2),
                      new DynamoDbService(accountId, timeline),
                      new StsService())
                  .stream()
                  .collect(Collectors.toMap(AwsService::name, Function.identity())),
              List.of(s3Control, s3),
              new AwsHttpServer.Shared(accountId, lock, timeline, faults, calls));
    } catch (IOException e) {
      rds.close();
      ssm.close();
      ec2.close();
      s3.close();
      throw new UncheckedIOException("Port " + builder.port + " cannot be had", e);
    }
  }

  /**
   * Starts with the defaults.
   *
   * @return a running embedded AWS
   */
  public static EmbeddedAws start() {
    return builder().start();
  }

  /**
   * A new builder with the defaults.
   *
   * @return a builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Where to send calls.
   *
   * @return an endpoint for all services
   */
  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + server.port());
  }

  /**
   * The Region that clients are best made for; calls for other Regions find other resources.
   *
   * @return for example {@code eu-central-1}
   */
  public String region() {
    return region;
  }

  /**
   * The account of all callers.
   *
   * @return twelve digits
   */
  public String accountId() {
    return accountId;
  }

  /**
   * The time.
   *
   * @return the clock
   */
  public TestClock clock() {
    return clock;
  }

  /**
   * Failures on demand.
   *
   * @return the faults
   */
  public Faults faults() {
    return faults;
  }

  /**
   * What was called.
   *
   * @return the calls
   */
  public Calls calls() {
    return calls;
  }

  /**
   * Names and states of all DB instances and DB snapshots, and what it takes to break them.
   *
   * @return the view of a test
   */
  public RdsView rds() {
    return new RdsView() {
      @Override
      public Map<String, String> instances() {
        return locked(rds::instanceStates);
      }

      @Override
      public Map<String, String> snapshots() {
        return locked(rds::snapshotStates);
      }

      @Override
      public Optional<String> masterPassword(String secretArn) {
        return locked(() -> rds.masterPassword(secretArn));
      }

      @Override
      public void neverFinish(String operation) {
        locked(
            () -> {
              rds.neverFinish(operation);
              return operation;
            });
      }
    };
  }

  /**
   * States and bytes of all volumes and snapshots, and what it takes to break them.
   *
   * @return the view of a test
   */
  public Ec2View ec2() {
    return new LockedEc2View(
        ec2,
        region,
        new LockedEc2View.Lock() {
          @Override
          public <T> T locked(java.util.function.Supplier<T> view) {
            return EmbeddedAws.this.locked(view);
          }
        });
  }

  /**
   * A view of Elastic Load Balancing.
   *
   * @return what a test can see and do beyond the API
   */
  public ElbView elb() {
    return new ElbView() {
      @Override
      public String targetGroup(String name, int port) {
        return locked(() -> elb.create(region, name, port, true));
      }

      @Override
      public String unusedTargetGroup(String name) {
        return locked(() -> elb.create(region, name, 80, false));
      }

      @Override
      public Map<String, String> targets(String targetGroupArn) {
        return locked(() -> elb.targets(targetGroupArn));
      }

      @Override
      public void failHealthChecks(String instanceId) {
        locked(
            () -> {
              elb.failHealthChecks(instanceId);
              return instanceId;
            });
      }
    };
  }

  /**
   * What can run on instances here, and what it takes to break their agents.
   *
   * @return the view of a test
   */
  public SsmView ssm() {
    return new SsmView() {
      @Override
      public Optional<String> obstacleToDevices() {
        return Guests.obstacle();
      }

      @Override
      public void disconnect(String instanceId) {
        locked(
            () -> {
              ssm.disconnect(instanceId);
              return instanceId;
            });
      }
    };
  }

  /**
   * What a test can do to S3, and see of it, that no request can.
   *
   * @return the view of a test
   */
  public S3View s3() {
    return new S3View() {
      @Override
      public void plantUnencrypted(String bucket, String key, byte[] data) {
        locked(
            () -> {
              s3.plantUnencrypted(bucket, key, data);
              return key;
            });
      }

      @Override
      public void plantZeros(String bucket, String key, long size) {
        locked(
            () -> {
              s3.plantZeros(bucket, key, size);
              return key;
            });
      }

      @Override
      public byte[] storedBytes(String bucket, String key) {
        return locked(() -> s3.storedBytes(bucket, key));
      }
    };
  }

  /**
   * What a test can do to S3 Control that no request can.
   *
   * @return the view of a test
   */
  public S3ControlView s3Control() {
    return new S3ControlView() {
      @Override
      public void refuseRole(String roleArn) {
        s3Control.refuseRole(roleArn, true);
      }

      @Override
      public void allowRole(String roleArn) {
        s3Control.refuseRole(roleArn, false);
      }

      @Override
      public void pause(String jobId) {
        s3Control.pause(jobId);
      }

      @Override
      public void resume(String jobId) {
        s3Control.resume(jobId);
      }
    };
  }

  private <T> T locked(java.util.function.Supplier<T> view) {
    lock.lock();
    try {
      timeline.catchUp();
      return view.get();
    } finally {
      lock.unlock();
    }
  }

  /** Ends everything, PostgreSQL processes included. Harmless when called again. */
  @Override
  public void close() {
    if (closed.getAndSet(true)) {
      return;
    }
    forgetEndOfJvm();
    server.close();
    lock.lock();
    try {
      rds.close();
      ssm.close();
      ec2.close();
      s3.close();
    } finally {
      lock.unlock();
    }
  }

  private void forgetEndOfJvm() {
    try {
      Runtime.getRuntime().removeShutdownHook(atEndOfJvm);
    } catch (IllegalStateException e) {
      // The JVM is ending, and that is why this is called.
    }
  }

  /** Builds an embedded AWS. Not safe for use by several threads. */
  public static final class Builder {

    private int port;
    private String region = "eu-central-1";
    private String accountId = "111122223333";
    private TestClock clock = TestClock.running(DEFAULT_SPEED);
    private Duration eventualConsistency = Duration.ZERO;
    private boolean requestQuotas;

    private Builder() {}

    /**
     * The port.
     *
     * @param port 1 to 65535, or 0 for any free one
     * @return this builder
     * @throws IllegalArgumentException if out of range
     */
    public Builder port(int port) {
      if (port < 0 || port > 65_535) {
        throw new IllegalArgumentException("port must be 0 to 65535, was " + port);
      }
      this.port = port;
      return this;
    }

    /**
     * The Region.
     *
     * @param region for example {@code eu-central-1}
     * @return this builder
     * @throws IllegalArgumentException if it does not look like one
     */
    public Builder region(String region) {
      if (!region.matches("[a-z]{2}(-[a-z]+)+-[0-9]+")) {
        throw new IllegalArgumentException("Not a Region, such as eu-central-1: " + region);
      }
      this.region = region;
      return this;
    }

    /**
     * The account.
     *
     * @param accountId twelve digits
     * @return this builder
     * @throws IllegalArgumentException if it is anything else
     */
    public Builder accountId(String accountId) {
      if (!accountId.matches("[0-9]{12}")) {
        throw new IllegalArgumentException("An account id has twelve digits: " + accountId);
      }
      this.accountId = accountId;
      return this;
    }

    /**
     * The time.
     *
     * @param clock a clock
     * @return this builder
     */
    public Builder clock(TestClock clock) {
      this.clock = Objects.requireNonNull(clock, "clock");
      return this;
    }

    /**
     * How long what was made is not found: KMS keys, aliases, DB instances, DB clusters and their
     * snapshots, and all that EC2 makes are missing in lists for so long, calls that name them are
     * answered that they do not exist, and their names are taken. Zero by default: AWS promises no
     * duration, so every code has to bear it and a test of something else need not wait for it.
     * Give some seconds, as KMS speaks of, to prove that code bears it, and a minute for a bad day.
     *
     * @param delay by the clock; zero or more
     * @return this builder
     * @throws IllegalArgumentException if negative
     * @see <a
     *     href="https://docs.aws.amazon.com/kms/latest/developerguide/programming-eventual-consistency.html">AWS
     *     KMS eventual consistency</a>
     */
    public Builder eventualConsistency(Duration delay) {
      if (delay.isNegative()) {
        throw new IllegalArgumentException("eventualConsistency is not negative: " + delay);
      }
      this.eventualConsistency = delay;
      return this;
    }

    /**
     * Has KMS throttle what exceeds AWS's default quotas of management requests in a second of the
     * clock, and EC2 what exceeds the default rates of its APIs. Not by default: the second of a
     * clock that a test turns by hand does not end while the test makes its keys and volumes.
     *
     * @return this builder
     * @see <a
     *     href="https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html">Request
     *     throttling for the Amazon EC2 API</a>
     * @see <a
     *     href="https://docs.aws.amazon.com/kms/latest/developerguide/requests-per-second.html">AWS
     *     KMS request quotas</a>
     */
    public Builder requestQuotas() {
      this.requestQuotas = true;
      return this;
    }

    /**
     * Starts.
     *
     * @return a running embedded AWS
     * @throws UncheckedIOException if the port cannot be had
     */
    public EmbeddedAws start() {
      EmbeddedAws aws = new EmbeddedAws(this);
      Runtime.getRuntime().addShutdownHook(aws.atEndOfJvm);
      return aws;
    }
  }
}
