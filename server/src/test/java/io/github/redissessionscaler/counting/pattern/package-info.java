/** How each count query is answered, on real servers. */
@NullMarked
package io.github.redissessionscaler.counting.pattern;

import org.jspecify.annotations.NullMarked;
