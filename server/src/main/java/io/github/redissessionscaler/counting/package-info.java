/** Counts from numbers stored by Redis. */
@NullMarked
package io.github.redissessionscaler.counting;

import org.jspecify.annotations.NullMarked;
