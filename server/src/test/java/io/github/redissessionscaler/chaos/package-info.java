/** Faults under load: every call is answered, no number is wrong, and all is right again by itself. */
@NullMarked
package io.github.redissessionscaler.chaos;

import org.jspecify.annotations.NullMarked;
