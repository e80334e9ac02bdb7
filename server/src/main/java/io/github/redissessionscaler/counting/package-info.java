/** How each count query is answered, over a small keyspace port. */
@NullMarked
package io.github.redissessionscaler.counting;

import org.jspecify.annotations.NullMarked;
