/** Looks for data that does not fit a trigger: other layouts, evicted keys. */
@NullMarked
package io.github.redissessionscaler.diagnosis;

import org.jspecify.annotations.NullMarked;
