/** Reads of Redis: equal ones in flight are one, and each ends within its time. */
@NullMarked
package io.github.redissessionscaler.reading;

import org.jspecify.annotations.NullMarked;
