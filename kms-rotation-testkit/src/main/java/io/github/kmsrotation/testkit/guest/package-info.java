/** What runs on instances: their operating systems, as far as this machine can give them one. */
@NullMarked
package io.github.kmsrotation.testkit.guest;

import org.jspecify.annotations.NullMarked;
