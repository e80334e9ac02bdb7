/** Detects data that does not fit a trigger: unexpected layouts, evicted keys. */
@NullMarked
package io.github.redissessionscaler.diagnosis;

import org.jspecify.annotations.NullMarked;
