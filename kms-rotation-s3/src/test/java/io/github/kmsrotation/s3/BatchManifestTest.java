package io.github.kmsrotation.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.kmsrotation.plan.RotationPlan;
import io.github.kmsrotation.run.RotationReport;
import io.github.kmsrotation.s3.Finding.Verdict;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;

/** Lists that are written and reports that are read, piece by piece. */
class BatchManifestTest {

  @TempDir Path directory;

  /** As if the process had been killed: the runner catches no Error. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1L;
  }

  /** Long when it is encoded, so that five thousand of them fill a part. */
  private static String key(int number) {
    return "+".repeat(350) + String.format("%05d", number);
  }

  @Test
  void list_whichIsCutOff_goesOnWithThePartThatItWasAt_andAReportIsReadInPieces() {
    try (BatchWorld batch = new BatchWorld(directory)) {
      IntStream.range(0, 5_100).parallel().forEach(i -> batch.world.put(key(i)));
      S3Options options =
          batch
              .options(BatchManifest.listed())
              .concurrency(10)
              .batchOperations(batch.batch().verifyOneIn(100).build())
              .iAcceptThatSomeObjectsStay()
              .build();
      RotationPlan plan = batch.world.planner().with(options).plan();
      AtomicInteger parts = new AtomicInteger();
      ExecutionInterceptor killer =
          new ExecutionInterceptor() {
            @Override
            public void beforeExecution(Context.BeforeExecution context, ExecutionAttributes a) {
              if (context.request() instanceof UploadPartRequest && parts.incrementAndGet() == 2) {
                throw new Killed();
              }
            }
          };
      S3Options mortal =
          batch
              .options(BatchManifest.listed())
              .client(batch.s3(killer))
              .concurrency(10)
              .batchOperations(batch.batch().verifyOneIn(100).build())
              .build();
      assertThatThrownBy(() -> batch.runner(mortal).build().run(plan)).isInstanceOf(Killed.class);
      batch.world.aws.calls().clear();
      denyAThousandUpdates(batch.world);

      RotationReport report = batch.resume(plan, options).requireComplete();

      assertThat(batch.world.aws.calls().of("UploadPart")).hasSize(1);
      assertThat(batch.world.aws.calls().of("ListObjectVersions")).hasSize(1 + 6);
      assertThat(batch.job(0).progressSummary().numberOfTasksSucceeded()).isEqualTo(4_100);
      assertThat(Tally.of(report.steps().get(4).facts()).count(Verdict.FAILED)).isEqualTo(1_000);
      assertThat(report.steps().get(2).facts().find(ManifestStep.ROWS)).contains("5100");
    }
  }

  /** More than one piece of a report tells of. */
  private static void denyAThousandUpdates(S3World world) {
    world.setPolicy(
        """
        {"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*",
         "Action":"s3:UpdateObjectEncryption","Resource":"arn:aws:s3:::orders-archive/*01???"}}
        """);
  }

  @Test
  void rows_mayHoldCommasQuotesAndLineEnds_andBeCutAnywhere() {
    byte[] csv = "a,\"b,\"\"c\"\"\",\"d\ne\"\n\nf,g,h\ni,j".getBytes(StandardCharsets.UTF_8);

    List<CsvRows.Row> rows = CsvRows.of(csv, false);

    assertThat(rows).hasSize(2);
    assertThat(rows.get(0).values()).containsExactly("a", "b,\"c\"", "d\ne");
    assertThat(rows.get(1).values()).containsExactly("f", "g", "h");
    assertThat(CsvRows.of(csv, true).get(2).values()).containsExactly("i", "j");
    assertThat(new String(csv, rows.get(1).end(), 3, StandardCharsets.UTF_8)).isEqualTo("i,j");
  }

  @Test
  void failedTask_isReadWithStatusAndCodeInEitherOrder() {
    FailedTask asInExamples =
        FailedTask.of(List.of("b", "a%20b%2Bc+d", "v1", "failed", "403", "AccessDenied", "no"));
    FailedTask asInSchema =
        FailedTask.of(List.of("b", "a%20b%2Bc+d", "v1", "failed", "AccessDenied", "403", "no"));

    assertThat(asInExamples).isEqualTo(asInSchema);
    assertThat(asInExamples.version().key()).isEqualTo("a b+c+d");
    assertThat(asInExamples.error()).isEqualTo("AccessDenied 403");
  }

  @Test
  void parts_growSoThatTenThousandAreEnough() {
    long all = 0;
    for (int part = 1; part <= 10_000; part++) {
      all += ManifestStep.PartSizes.OF_S3.of(part);
    }
    assertThat(ManifestStep.PartSizes.OF_S3.of(1)).isEqualTo(5 << 20);
    assertThat(ManifestStep.PartSizes.OF_S3.of(10_000)).isEqualTo(55 << 20);
    assertThat(all).isGreaterThan(280_000_000_000L);
  }
}
