/**
 * A journal in a DynamoDB table, for teams whose runners come and go: any machine that may use the
 * table can take a run up where another one left it.
 */
@NullMarked
package io.github.kmsrotation.journal.dynamodb;

import org.jspecify.annotations.NullMarked;
