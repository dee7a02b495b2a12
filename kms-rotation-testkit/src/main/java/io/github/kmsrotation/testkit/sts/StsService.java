package io.github.kmsrotation.testkit.sts;

import io.github.kmsrotation.testkit.http.AwsRequest;
import io.github.kmsrotation.testkit.http.AwsService;
import io.github.kmsrotation.testkit.http.Operation;
import io.github.kmsrotation.testkit.http.QueryProtocol;
import io.github.kmsrotation.testkit.http.WireProtocol;
import java.util.Map;

/**
 * The embedded STS. Whatever the credentials, the caller is one and the same IAM user of the
 * account: a user and not the root user, since that is whom AWS advises to work as.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html">GetCallerIdentity</a>
 */
public final class StsService implements AwsService {

  private static final String USER_ID = "AIDAEMBEDDEDAWSUSER00";
  private static final String USER_NAME = "embedded-aws";

  private final WireProtocol protocol =
      new QueryProtocol("https://sts.amazonaws.com/doc/2011-06-15/", "2011-06-15");

  /** A service that holds nothing. */
  public StsService() {}

  @Override
  public String name() {
    return "sts";
  }

  @Override
  public WireProtocol protocol() {
    return protocol;
  }

  @Override
  public Map<String, Operation> operations() {
    return Map.of("GetCallerIdentity", Operation.read(StsService::callerIdentity));
  }

  private static Map<String, Object> callerIdentity(AwsRequest request) {
    return Map.of(
        "UserId",
        USER_ID,
        "Account",
        request.accountId(),
        "Arn",
        "arn:aws:iam::" + request.accountId() + ":user/" + USER_NAME);
  }
}
