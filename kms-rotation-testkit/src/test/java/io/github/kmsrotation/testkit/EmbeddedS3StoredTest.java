package io.github.kmsrotation.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.s3.model.InventoryConfiguration;
import software.amazon.awssdk.services.s3.model.InventoryFormat;
import software.amazon.awssdk.services.s3.model.InventoryFrequency;
import software.amazon.awssdk.services.s3.model.InventoryIncludedObjectVersions;

/** What is stored and returned, and what no object has. */
class EmbeddedS3StoredTest extends S3Fixture {

  @Test
  void inventories_areListedAsTheyWerePut_untilTheyAreDeleted() {
    InventoryConfiguration daily = inventory("daily");
    s3.putBucketInventoryConfiguration(
        r -> r.bucket(BUCKET).id("daily").inventoryConfiguration(daily));

    assertThat(
            s3.listBucketInventoryConfigurations(r -> r.bucket(BUCKET))
                .inventoryConfigurationList())
        .containsExactly(daily);
    s3.deleteBucketInventoryConfiguration(r -> r.bucket(BUCKET).id("daily"));
    assertThat(
            s3.listBucketInventoryConfigurations(r -> r.bucket(BUCKET))
                .inventoryConfigurationList())
        .isEmpty();
    assertRefused(
        () -> s3.deleteBucketInventoryConfiguration(r -> r.bucket(BUCKET).id("daily")),
        404,
        "NoSuchConfiguration");
  }

  @Test
  void inventory_underAnotherIdThanItsOwn_isRefused() {
    InventoryConfiguration daily = inventory("daily");

    assertRefused(
        () ->
            s3.putBucketInventoryConfiguration(
                r -> r.bucket(BUCKET).id("weekly").inventoryConfiguration(daily)),
        400,
        "MalformedXML");
  }

  @Test
  void annotations_areOfNoObject_andNotOfWhatIsNotThere() {
    put("a");

    assertThat(s3.listObjectAnnotations(r -> r.bucket(BUCKET).key("a")).annotations()).isEmpty();
    assertRefused(() -> s3.listObjectAnnotations(r -> r.bucket(BUCKET).key("b")), 404, "NoSuchKey");
  }

  private static InventoryConfiguration inventory(String id) {
    return InventoryConfiguration.builder()
        .id(id)
        .isEnabled(true)
        .includedObjectVersions(InventoryIncludedObjectVersions.ALL)
        .schedule(s -> s.frequency(InventoryFrequency.DAILY))
        .destination(
            d ->
                d.s3BucketDestination(
                    b -> b.bucket("arn:aws:s3:::" + BUCKET).format(InventoryFormat.CSV)))
        .build();
  }
}
