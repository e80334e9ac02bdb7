/** Counts of keys by pattern, in the background: full scans and samples. */
@NullMarked
package io.github.redissessionscaler.counting.pattern;

import org.jspecify.annotations.NullMarked;
