/** Reads from Redis: equal reads in flight are shared, and each has a deadline. */
@NullMarked
package io.github.redissessionscaler.reading;

import org.jspecify.annotations.NullMarked;
