/** What the runner and the journal cost, without AWS: {@code mvn -q -Pbenchmark}. */
@NullMarked
package io.github.kmsrotation.examples.bench;

import org.jspecify.annotations.NullMarked;
