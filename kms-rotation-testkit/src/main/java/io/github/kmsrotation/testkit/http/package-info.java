/** HTTP and AWS's wire formats, shared by all services. */
@NullMarked
package io.github.kmsrotation.testkit.http;

import org.jspecify.annotations.NullMarked;
