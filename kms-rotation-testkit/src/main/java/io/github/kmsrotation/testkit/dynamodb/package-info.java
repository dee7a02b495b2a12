/**
 * The embedded Amazon DynamoDB: what a journal needs of it, conditional writes foremost. What is
 * modelled is told in the module's README.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/Welcome.html">DynamoDB
 *     API</a>
 */
@NullMarked
package io.github.kmsrotation.testkit.dynamodb;

import org.jspecify.annotations.NullMarked;
