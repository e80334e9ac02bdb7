/** Background work. Errors are reported and do not stop periodic work. */
@NullMarked
package io.github.redissessionscaler.background;

import org.jspecify.annotations.NullMarked;
