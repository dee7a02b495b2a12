package io.github.kmsrotation;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.Architectures;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import org.junit.jupiter.api.Test;

/** The arrows between the packages of core run one way, and dependencies stay inside. */
class ArchitectureTest {

  private static final String ROOT = "io.github.kmsrotation";

  private final JavaClasses classes =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(ROOT);

  @Test
  void packages_dependOnlyOnLowerOnes() {
    Architectures.layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("internal")
        .definedBy(ROOT + ".internal")
        .layer("error")
        .definedBy(ROOT + ".error")
        .layer("aws")
        .definedBy(ROOT + ".aws")
        .layer("key")
        .definedBy(ROOT + ".key")
        .layer("target")
        .definedBy(ROOT + ".target")
        .layer("plan")
        .definedBy(ROOT + ".plan")
        .layer("journal")
        .definedBy(ROOT + ".journal")
        .layer("spi")
        .definedBy(ROOT + ".spi")
        .layer("run")
        .definedBy(ROOT + ".run")
        .layer("fleet")
        .definedBy(ROOT + ".fleet")
        .layer("kms")
        .definedBy(ROOT + ".kms")
        .layer("retire")
        .definedBy(ROOT + ".retire")
        .layer("front door")
        .definedBy(ROOT)
        .whereLayer("internal")
        .mayNotAccessAnyLayer()
        .whereLayer("front door")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("fleet")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("run")
        .mayOnlyBeAccessedByLayers("fleet")
        .whereLayer("kms")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("retire")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("spi")
        .mayOnlyBeAccessedByLayers("kms", "retire", "run", "fleet", "front door")
        .whereLayer("journal")
        .mayOnlyBeAccessedByLayers("run", "fleet")
        .whereLayer("plan")
        .mayOnlyBeAccessedByLayers("journal", "spi", "kms", "retire", "run", "fleet", "front door")
        .whereLayer("key")
        .mayOnlyBeAccessedByLayers("spi", "kms", "retire", "front door")
        .check(classes);
  }

  @Test
  void packages_haveNoCycles() {
    SlicesRuleDefinition.slices()
        .matching(ROOT + ".(*)..")
        .should()
        .beFreeOfCycles()
        .check(classes);
  }

  @Test
  void resilience4j_staysInOnePackage() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + ".aws")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.github.resilience4j..")
        .check(classes);
  }

  @Test
  void onlyKeys_callAwsServices() {
    noClasses()
        .that()
        .resideInAnyPackage(
            ROOT + ".plan", ROOT + ".run", ROOT + ".fleet", ROOT + ".journal", ROOT + ".target")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("software.amazon.awssdk.services..")
        .check(classes);
  }
}
