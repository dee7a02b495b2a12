package io.github.kmsrotation.testkit.s3;

import java.util.List;
import java.util.Optional;

/**
 * S3 Block Public Access of a bucket; all of it is on for a new one.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html">Blocking
 *     public access</a>
 */
final class PublicAccess {

  static final String DOCUMENT = "publicAccessBlock";
  private static final List<String> SETTINGS =
      List.of("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets");

  private PublicAccess() {}

  static Xml allBlocked() {
    return new Xml(
        "PublicAccessBlockConfiguration",
        "",
        SETTINGS.stream().map(name -> new Xml(name, "true", List.of(), Optional.empty())).toList(),
        Optional.empty());
  }

  static Xml checked(Xml configuration) {
    configuration.allow(SETTINGS.toArray(String[]::new));
    for (Xml setting : configuration.children()) {
      if (!setting.text().matches("true|false")) {
        throw S3Errors.malformedXml();
      }
    }
    List<Xml> all =
        SETTINGS.stream()
            .map(
                name ->
                    new Xml(
                        name,
                        configuration.value(name).orElse("false"),
                        List.of(),
                        Optional.empty()))
            .toList();
    return new Xml(configuration.name(), "", all, Optional.empty());
  }

  static boolean blocks(Bucket bucket, String setting) {
    return Optional.ofNullable(bucket.documents.get(DOCUMENT))
        .flatMap(document -> document.value(setting))
        .equals(Optional.of("true"));
  }
}
